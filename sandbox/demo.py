"""The demo's world: seven people, a bot, two communities, four Telegram chats and three news sites."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.networks import NetworkSide
from sandbox.sites import demo_sites
from sandbox.world import Person, World

TEACHER, WEAVER, PRESS, ADMIN, YOUTH, SECRETARY, CHAIR = range(1001, 1008)
_PEOPLE = {
    TEACHER: "Ольга Смирнова",
    WEAVER: "Иван Кузнецов",
    PRESS: "Марина Белова",
    ADMIN: "Сергей Волков",
    YOUTH: "Анна Лебедева",
    SECRETARY: "Пётр Соколов",
    CHAIR: "Денис Орлов",
}


def build(world: World, sides: Mapping[str, NetworkSide]) -> None:
    """Fill an empty world; the sites' news are dated from the world's now."""
    for number, name in _PEOPLE.items():
        world.people[number] = Person(number, name)
    for site in demo_sites(world):
        world.sites[site.name] = site
    if "telegram" in sides:
        _telegram(sides["telegram"])
    if "vk" in sides:
        _vk(sides["vk"])
    world.touch()


def _telegram(side: NetworkSide) -> None:
    side.add_account(
        "vestnik",
        title="Вестник профсоюзов",
        token="7000000001:SANDBOX-vestnik-telegram-key",
        id=7000000001,
    )
    everybody = list(_PEOPLE)
    side.add_chat(
        "channel",
        "Профсоюзы Ивановской области",
        members=everybody,
        admins=[ADMIN],
        bots=["vestnik"],
        id=-1001000000001,
        username="ivprof_demo",
    )
    side.add_chat(
        "channel",
        "Молодёжь профсоюзов",
        members=everybody,
        admins=[YOUTH],
        bots=["vestnik"],
        id=-1001000000004,
    )
    side.add_chat(
        "channel", "Образование Шуи", members=everybody, admins=[PRESS], id=-1001000000002
    )
    side.add_chat(
        "supergroup", "Текстильщики Вичуги", members=everybody, admins=[WEAVER], id=-1001000000003
    )


def _vk(side: NetworkSide) -> None:
    side.add_account(
        "vestnik",
        title="Профсоюзы Ивановской области",
        token="sandbox-vestnik-vk-community-key",
        user_token="sandbox-vestnik-vk-user-key",
        admins=[ADMIN, SECRETARY],
        id=200000001,
    )
    side.add_account(
        "education",
        title="Профсоюз образования Ивановской области",
        token="sandbox-education-vk-community-key",
        admins=[PRESS],
        id=200000002,
    )
