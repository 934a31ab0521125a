# Модераторы решают: карточка, «Беру», одобрить, исправить, вернуть, отказать.

## Карточка

review-head = { $organization } · автор: { $name }
review-level-own = Опубликовать у себя?
review-level-territory = Показать всему району?
review-level-region = Показать всей области?
review-correction = Новость уже вышла. Поменять её текст везде, где она видна?
review-reach-own = Кому показать: своим
review-reach-territory = Кому показать: району
review-reach-region = Кому показать: всей области
review-theme = Тема: { $name }
review-no-theme = Тема не выбрана
review-pictures =
    { $count ->
        [one] { $count } снимок, { $seen }
        [few] { $count } снимка, { $seen }
       *[many] { $count } снимков, { $seen }
    }
review-pictures-unsaid =
    { $count ->
        [one] { $count } снимок, ⚠ не сказано, кто на нём
        [few] { $count } снимка, ⚠ не сказано, кто на них
       *[many] { $count } снимков, ⚠ не сказано, кто на них
    }
review-pictured-nobody = людей нет
review-pictured-general = общий план
review-pictured-adults = взрослые, они согласны
review-pictured-children = есть дети
review-consent-kept = Согласие родителей: { $place }
review-consent-missing = ⚠ Не сказано, где согласие родителей
review-planned = Выйдет по плану: { $when }
review-not-after = Не позже: { $when }
review-needed =
    { $needed ->
        [2] Нужно согласие двоих
       *[other] Сколько человек должны согласиться: { $needed }
    }
review-agreed =
    { $needed ->
        [2] Одобрено одним из двух: { $names }
       *[other] Одобрено ({ $count } из { $needed }): { $names }
    }
review-somebody = модератор

## Как стоит дело

review-waits = Ждёт решения.
review-taken = Взял(а): { $who }.
review-approved = Одобрено: { $who }.
review-approved-freely = Одобрения не нужно.
review-leaves-today = Выйдет в { $time }.
review-leaves = Выйдет: { $when }.
review-held = Выйдет, когда согласятся и те, кто решает о показе шире.
review-published = Вышло.
review-returned = Возвращено автору: { $who }. Причина: { $reason }
review-refused = Отказано: { $who }. Причина: { $reason }
review-overdue = Время прошло, не вышло. Решите, что делать.
review-cancelled = Решать здесь больше нечего: автор забрал новость, её отозвали, или её текст решается заново.
review-outdated = Устарело. Свежая карточка ниже.
review-not-yours = Устарело. Здесь вы больше не решаете.
review-changed = Автор изменил текст, прежнее одобрение не действует.
review-edited = Текст исправил(а) { $who }, прежнее одобрение не действует.
review-undone = Одобрение отменено, ничего не вышло.
review-more-looks = Выше не все виды: ещё { $count } по кнопке «Показать ещё раз».
review-now-wider = { $state } Теперь о показе шире.
decided-approved = одобрил(а) { $who }
decided-returned = вернул(а) { $who }
decided-refused = отказал(а) { $who }
review-agreed-already = Вы уже согласились

## Кнопки

review-take = Беру
review-approve = Одобрить
review-approve-at = Одобрить ко времени
review-fix = Исправить
review-return = Вернуть
review-refuse = Отказать
review-history = История
review-again = Показать ещё раз
review-undo = Отменить
review-undo-own = Отменить показ у себя
review-publish-now = Опубликовать сейчас
review-other-time = Другое время
review-call-off = Не публиковать

## Что спрашиваем

review-when-title = Когда опубликовать?
fix-title = Что исправить?
fix-how =
    Напишите, можно несколько правок, каждую с новой строки:
    замени «было» на «стало»
    убери абзац 2
    заголовок: новый заголовок
    убери фото 3
    Или пришлите весь текст заново.
fix-done = Исправлено
fix-asked-first = Правку сначала посмотрит сама организация. Согласится — спросим вас снова.
consent-where-title = Где хранится письменное согласие родителей?
consent-where = На снимках есть дети. Напишите, у кого или где лежит согласие, или уберите снимки.
consent-drop-pictures = Убрать снимки
consent-noted = Записали, где согласие родителей. Теперь можно одобрить.
return-title = Почему вернуть?
refuse-title = Почему отказать?
reason-how = Выберите причину или напишите своими словами. Автор её увидит.
review-reason-when = Не хватает даты и места
review-reason-names = Проверьте имена и должности
review-reason-picture = Снимок не подходит
call-off-title = Точно не публиковать?
call-off-text = Автор узнает, что новость не выйдет. Вернуть её будет нельзя.
call-off-yes = Да, не публиковать
call-off-reason = Время прошло, решили не публиковать.

## Что узнаёт автор

told-taken = Смотрит { $who }.
told-approved = Одобрено для своих каналов: { $who }.
told-approved-wider = Одобрено: { $who }.
told-approved-correction = Исправление одобрено: { $who }.
told-decides-next = О показе шире решает { $organization }. Сообщим.
told-reason = Причина: { $reason }
told-returned = Вернули вам: { $who }.
told-returned-next = Исправьте своё сообщение, и оно само придёт на решение снова. Или пришлите заново.
told-refused = Отказано: { $who }.
told-refused-wider = В показе шире отказано: { $who }.
told-stays = У себя новость остаётся.
told-correction-refused = Исправление не приняли: { $who }. То, что вышло, осталось как было.
told-edited = Текст исправил(а) { $who }. Вот что изменилось:
told-undone = Одобрение отменил(а) { $who }. Решать будут заново.
told-called-off = Решили не публиковать: { $who }.
told-nobody = { $organization }: решать пока некому. Попросите администратора пригласить модератора.
undone-own = Отменено, не вышло. Черновик сейчас покажем снова.
undone-own-correction = Отменено: исправление не вышло, новость осталась как была.

## Что ждёт решения

queue-title = Ждёт решения
queue-count =
    { $count ->
        [one] { $count } новость. Нажмите, чтобы посмотреть.
        [few] { $count } новости, сначала те, что ждут дольше.
       *[many] { $count } новостей, сначала те, что ждут дольше.
    }
queue-empty = Сейчас ничего не ждёт вашего решения.
queue-not-yours = Здесь решают модераторы. У вас пока нет такой роли.
queue-entry = { $age } · { $organization }: { $title }
queue-overdue = ⚠ { $age } · { $organization }: { $title }
queue-minutes = { $count } мин
queue-hours = { $count } ч
queue-days = { $count } д
