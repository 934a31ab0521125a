"""The news sites of the region: feeds, pages and pictures, and all the ways in which a site can be ill."""

from sandbox.sites.answer import routes
from sandbox.sites.edit import change_site, describe_site, make_site
from sandbox.sites.news import demo_sites
from sandbox.sites.site import Item, Picture, Site

__all__ = [
    "Item",
    "Picture",
    "Site",
    "change_site",
    "demo_sites",
    "describe_site",
    "make_site",
    "routes",
]
