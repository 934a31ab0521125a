## When: a moment is asked for

when-how = Напишите день и время, например: «завтра в 18:00», «в пятницу в 9:30», «25 ноября в 12:00». Или нажмите кнопку.
when-zone = Часы: { $zone }.
when-unclear = Не понял, когда.
when-passed = Это время уже прошло.
when-below = Вопрос ниже.
when-today = Сегодня, { $time }
when-tomorrow = Завтра, { $time }
when-on = { $day }, { $time }
when-day =
    { $weekday ->
        [1] пн
        [2] вт
        [3] ср
        [4] чт
        [5] пт
        [6] сб
       *[7] вс
    } { $date }

## The draft's moment

plan-when-title = Когда выйдет
plan-moment = Выйдет: { $when }
plan-limit = Не позже: { $when }
plan-near = Рядом стоит другая новость: «{ $title }», { $time }.
plan-night = Это ночные часы ({ $hours }): новость мало кто увидит сразу.
plan-right = Верно
plan-other-time = Другое время
plan-soon = Выйдет сразу после одобрения
plan-set-limit = Не позже…
plan-change-limit = Изменить «не позже»
plan-limit-title = Не позже
plan-limit-text = После этого времени новость не выйдет сама: сначала спросим вас.
plan-limit-early = Это раньше, чем новость должна выйти. Назовите время позже.
plan-limit-other = Другое время
plan-limit-none = Без этого срока
plan-limit-dropped = Срок «не позже» был раньше нового времени, поэтому мы его сняли.

## The plan

plan-title = План
plan-not-yours = План ведёт молодёжный совет. Если вы в нём работаете, попросите у его председателя приглашение.
plan-week = { $first } – { $last }
plan-day = { $day }
plan-day-empty = { $day } — пусто
plan-entry = { $time } «{ $title }» — { $state }
plan-entry-whose = { $entry } ({ $name })
plan-more =
    { $count ->
        [one] и ещё { $count } новость
        [few] и ещё { $count } новости
       *[many] и ещё { $count } новостей
    }
plan-next-week = Следующая неделя
plan-month = Месяц
plan-month-of =
    { $month ->
        [1] Январь
        [2] Февраль
        [3] Март
        [4] Апрель
        [5] Май
        [6] Июнь
        [7] Июль
        [8] Август
        [9] Сентябрь
        [10] Октябрь
        [11] Ноябрь
       *[12] Декабрь
    } { $year }
plan-month-day =
    { $count ->
        [one] { $day } — { $count } новость
        [few] { $day } — { $count } новости
       *[many] { $day } — { $count } новостей
    }
plan-month-waiting =
    { $count ->
        [one] { $line }, { $count } ждёт утверждения
       *[other] { $line }, { $count } ждут утверждения
    }
plan-month-empty = Ничего не запланировано.
plan-month-before = ‹ Раньше
plan-month-after = Позже ›
plan-new = Запланировать
plan-new-text = Пришлите сюда текст и снимки, как обычное сообщение. Появится карточка: нажмите в ней «Когда выйдет» и напишите, например, «завтра в 18:00».

standing-waiting = ждёт утверждения
standing-approved = утверждено
standing-out = вышло
standing-lapsed = не утверждено, не вышло
standing-missed = не вышло вовремя
standing-returned = возвращено автору
standing-refused = отклонено
standing-off = снято

plan-approve-week = Утвердить всю неделю ({ $count })
plan-approve-title = Утвердить всю неделю
plan-approve-line = { $when }: «{ $title }»
plan-approve-nothing = Утверждать нечего.
plan-without-consent = Не войдёт, дети на снимках без согласия родителей: { $entry }
plan-approve-all =
    { $count ->
        [one] Утвердить { $count } новость
        [few] Утвердить { $count } новости
       *[many] Утвердить { $count } новостей
    }
plan-open = Открыть «{ $title }»
plan-approved-count =
    { $count ->
        [0] Ничего не утверждено.
        [one] Утверждена { $count } новость.
        [few] Утверждены { $count } новости.
       *[many] Утверждено { $count } новостей.
    }
plan-left-out = Не вошло «{ $title }»: { $why }

## One plan

plan-state = Сейчас: { $state }
plan-author = Автор: { $name }
plan-decide = Решить
plan-show = Открыть
plan-move = Перенести
plan-move-title = Когда выпустить «{ $title }»?
plan-move-approved = Новость уже утвердили. После переноса её утвердят заново.
plan-moved-told = { $who } переносит вашу новость. Выйдет: { $when }
plan-call-off = Отменить
plan-call-off-title = Отменить «{ $title }»?
plan-call-off-text = Новость не выйдет. Вернуть её в план будет нельзя, только прислать заново.
plan-call-off-yes = Да, отменить
plan-called-off = Отменено. Новость не выйдет.
plan-look = Показать
plan-looks = Так будет выглядеть «{ $title }».
plan-again = К новости

## Before and after its moment

plan-reminder-title = Ещё не утверждено
plan-reminder = Должно выйти: { $when }. Без утверждения не выйдет.
missed-title = Не утверждено, не вышло
missed-title-late = Не вышло вовремя
missed-unapproved = Должно было выйти: { $when }.
missed-while-away = Пока Вестник не работал, прошло время: { $when }.
missed-news = Пока Вестник не работал, прошло время, когда это должно было выйти.
missed-question = Что делать?
missed-tomorrow = Завтра в то же время
missed-hour = Через час
missed-now = Опубликовать сейчас
missed-other = Другое время
missed-drop = Не публиковать
missed-answered = Уже решено: { $who }.
