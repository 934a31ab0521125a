# Предпросмотр: как новость увидят, и кто.

preview-of = { $network }: { $kind }
preview-label = Так увидят — { $where }
preview-dialogs = личные сообщения
preview-groups = группы
preview-channels = каналы
preview-walls = стены сообществ
preview-title = { $name } · так это увидят
preview-below = Выше — новость ровно такой, какой она выйдет.
preview-rest = Ещё { $count ->
    [one] { $count } вид
    [few] { $count } вида
   *[many] { $count } видов
}
preview-back = ‹ Назад к черновику
preview-decides = Решает: { $names }
preview-decides-then = , потом {""}
preview-decides-nobody = Решения ждать не нужно: выйдет через минуту после отправки.

audience-nobody = Пока этого никто не получит: ни у кого нет такой подписки.
audience-places = Выйдет здесь: { $names }
audience-more = {""} и ещё { $count }
audience-subscribers = Подписчиков: { $count }
