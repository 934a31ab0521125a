# «Мои новости», отчёты, история, отзыв. Слова: docs/words.md.

## Список

mine-title = Мои новости
mine-none = Здесь пока пусто.
mine-new = Чтобы прислать новость, напишите её сюда: текст, снимки или документ.
mine-number = № { $number } · { $title }
mine-untitled = без текста
mine-person-gone = удалённый человек
mine-open = Открыть черновик
mine-withdraw = Забрать назад
mine-where = Кому доставлено
mine-retract = Отозвать
mine-history = История
mine-state-draft = черновик
mine-state-discarded = вы забрали её назад
mine-state-retracted = отозвано
mine-state-sent = отправлено
mine-state-waits = ждёт решения: { $desk }
mine-state-leaves = выйдет { $when }
mine-state-overdue = не вышло вовремя, нужно новое время
mine-state-returned = возвращено: { $desk }
mine-state-refused = отказано: { $desk }
mine-state-out = вышло
mine-state-out-wider = своим вышло, решает: { $desk }
mine-state-correcting = вышло, исправление ждёт решения: { $desk }
mine-desk = { $desk }: { $state }
mine-desk-correction = { $desk }, исправление: { $state }
mine-reason = Почему: { $reason }
mine-decision-waits = ещё решает
mine-decision-leaves = одобрено, выйдет { $when }
mine-decision-approved = одобрено
mine-decision-out = одобрено, вышло
mine-decision-returned = возвращено
mine-decision-refused = отказано
mine-decision-overdue = не вышло вовремя, нужно новое время
mine-withdraw-title = Забрать назад: { $title }?
mine-withdraw-text = Новость не выйдет, решать о ней больше не будут.
mine-withdraw-yes = Да, забрать
mine-withdrawn = Забрали назад

## Как разошлось

report-sent = Доставлено { $done } из { $total }
report-sent-none = Пока ни к кому не ушло.
report-nobody = На такие новости никто не подписан, поэтому она никуда не ушла.
report-subscribers = Подписчикам: { $done } из { $total }
report-subscribers-form = Подписчикам: { $form } — { $count }
report-at = выйдет { $when }
report-failed = Не дошло:
report-failed-change = Не получилось:
report-moving = Ещё в пути: { $count }
report-stopped = Рассылка остановлена администратором. Что не ушло, уйдёт, когда её продолжат.
report-later = Ждут утра: { $count }
report-selected = В вечерней подборке: { $count }
report-asking = Ждут решения владельца: { $names }
report-unknown = Неизвестно, дошло ли, спросили там: { $names }
report-unknown-people = Неизвестно, дошло ли: { $count }
report-more = { " " }и ещё { $count }
report-more-places = и ещё { $count ->
    [one] { $count } место
    [few] { $count } места
   *[other] { $count } мест
}
report-later-more = Когда всё решится, сообщим ещё раз.
report-corrected = Исправлено { $done } из { $total }
report-corrected-none = Исправлять было нечего: новость ещё никуда не вышла.
report-form-corrected = исправлено
report-taken = Отозвано { $done } из { $total }
report-taken-none = Новость отозвана. Убирать было нечего: она никуда не вышла.
report-form-selection = убрано из подборки
report-renew = Обновить
report-again = Отправить им ещё раз
report-again-sent = { $count ->
    [one] Отправляем ещё раз: { $count } получатель
    [few] Отправляем ещё раз: { $count } получателя
   *[other] Отправляем ещё раз: { $count } получателей
}
report-again-nothing = Отправлять больше некому

## История

history-none = Показывать пока нечего: вы ещё ничего не присылали и ни о чём не решали.
history-not-yours = Историю новости видят её автор и те, кто о ней решает. Проверьте номер.
history-nothing = Редакция с этой новостью ничего не делала.
history-submitted = отправлено на решение
history-changed = автор изменил текст
history-withdrawn = забрано назад
history-consent = записано, где согласие родителей
history-held = задержано: сначала решает другая организация
history-overdue = не вышло вовремя
history-resent = отправлено ещё раз тем, до кого не дошло
history-retracted = отозвано
history-replaced = автор прислал заново
history-added = автор дополнил
history-taken = рассматривает
history-approved = одобрено
history-undone = одобрение отменено
history-returned = возвращено
history-refused = отказано
history-edited = текст изменён редакцией
history-plan-moved = время перенесено
history-plan-limited = изменён срок «не позже»
history-called-off = снято с плана
history-lapsed = время прошло без одобрения
history-published-own = вышло для своих
history-published-territory = вышло для района
history-published-region = вышло для всей области
history-corrected = исправление вышло
history-revision = , редакция { $number }
history-desk = { " " }({ $desk })
history-why = { $what }: { $reason }

## Отзыв

retract-title = Отозвать: { $title }
retract-why = Почему? Выберите или напишите своими словами. Причину увидят только автор и редакция.
retract-reason-mistake = Ошибка в фактах
retract-reason-person = Просьба человека на снимке
retract-reason-place = Опубликовано не туда
retract-sure = Точно отозвать?
retract-copies = Копий вышло: { $count }, ещё ждут отправки: { $waits }.
retract-how = Всё, что можно, удалим. Где удалить уже нельзя, вместо текста будет: «{ $notice }» Вернуть новость потом нельзя.
retract-reason = Причина (не для всех): { $reason }
retract-yes = Да, отозвать
retract-notice = Эта новость отозвана редакцией: { $organization }, { $day }.
retract-done = Отзываем: { $title }
retract-done-text = Больше никому не отправим. Где вышло — убираем, это займёт немного времени.
retract-done-nothing = Больше никому не отправим. Убирать нечего: она никуда не вышла.
retract-told-title = Вашу новость отозвали: { $title }
retract-told = Отозвала редакция: { $who }. Причина: { $reason }. Расскажем, что удалось убрать.

## Неизвестно, дошло ли отозванное

unknown-was-retracted = Эту новость уже отозвали.
unknown-arrived-retracted = Спасибо, отметили. Новость отозвана, но сами мы её в «{ $title }» убрать не можем: не знаем, какое это сообщение. Удалите его, пожалуйста.
unknown-retracted = Эту новость отозвали, поэтому в «{ $title }» ещё раз не отправляем.
