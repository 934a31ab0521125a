"""What the messengers are called in front of people, and what a link into a bot's dialog looks like."""

from types import MappingProxyType

NETWORKS = MappingProxyType({"telegram": "Telegram", "vk": "ВКонтакте"})
LINKS = MappingProxyType(
    {
        "telegram": "https://t.me/{handle}?start=org-{organization}",
        "vk": "https://vk.me/{handle}?ref=org-{organization}",
    }
)
