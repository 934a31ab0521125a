# Прислать новость: черновик, вопросы, отправка, правка своих сообщений.

how-to-send = Новость — это текст, снимки или документ Word (.docx): просто пришлите их сюда.
not-a-reply = Ответ на сообщение мы не берём как новость.
too-short = Это слишком коротко для новости. Пришлите текст подлиннее, снимки или документ Word (.docx).

## Карточка черновика

draft-title = Черновик · { $name }
draft-empty = Пока пусто: пришлите текст или снимки.
draft-pictures = Фото: { $count }
draft-pictures-left = Берём первые { $most } снимков, остальные не войдут.
draft-theme = Тема: { $theme }
draft-reach = Кому показать: { $to }
draft-pictured = Кто на снимках: { $who }
draft-consent = Согласие родителей: { $place }
draft-when = Когда выйдет: { $moment }
draft-when-open = сразу, как одобрят
draft-plan = Когда выйдет
draft-replan = Изменить время
draft-name = От имени: { $name }
draft-look = Посмотреть
draft-send = Отправить
draft-discard = Удалить черновик
draft-below = Карточка обновилась, она ниже.
draft-loading = Загружаем файлы…
draft-changed = Черновик изменился, посмотрите ещё раз
draft-sent = Этот черновик уже отправлен.
draft-sent-already = Уже отправлено
draft-gone = Этого черновика больше нет.
draft-discarded = Черновик удалён.
discard-title = Удалить черновик?
discard-text = Текст и снимки останутся в переписке, их можно прислать снова.
discard-yes = Да, удалить
discard-no = Нет, оставить

theme-none = без темы
theme-title = О чём новость?
theme-text = По теме её найдут те, кто подписан не на всё.
reach-own = своим ({ $name })
reach-territory = району ({ $name })
reach-region = всей области ({ $name })
reach-title = Кому показать?
reach-text = Своим решает ваша организация. Для района и области нужно ещё решение их модераторов.
name-title = От чьего имени?

## Файлы

file-trouble = «{ $name }»: { $trouble }
file-troubles-more = И ещё { $count ->
    [one] { $count } замечание
    [few] { $count } замечания
   *[many] { $count } замечаний
} к файлам
file-video = Видео не берём: пришлите ссылку на него текстом
file-animation = Анимацию не берём: пришлите снимок или ссылку
file-audio = Звук не берём: пришлите текст или ссылку
file-voice = Голосовые не берём: напишите то же текстом
file-sticker = Стикеры не берём
file-program = Программы не берём
file-other = Такое не берём
file-too-big = Файл больше { $limit } МБ: уменьшите его и пришлите снова
file-lost = Файл не удалось загрузить: пришлите его ещё раз
file-unseen = Мессенджер не отдаёт нам этот файл: пришлите его заново, не из закрытого альбома

## Кто на снимках

pictured-nobody = никого
pictured-view = общий план
pictured-adults = взрослые, они согласны
pictured-children = дети
pictured-unsaid = не сказано
pictured-title = Кто на снимках?
pictured-text = Спрашиваем один раз. Если виден хоть один ребёнок — выберите «дети».
pictures-drop = Убрать снимки
consent-place-title = Где хранится письменное согласие родителей?
consent-place-text = Напишите коротко, например: «папка 12, кабинет 305». Без этого снимки с детьми не выйдут.
consent-later-button = Скажу модератору позже

## Отправлено

accepted-title = Принято
accepted-decide = Решают модераторы: { $names }. Скажем, когда решат.
accepted-youth = Решает председатель совета или заместитель: { $names }. Скажем, когда решат.
accepted-soon = Выйдет через минуту. До этого можно отменить.
accepted-planned = Выйдет: { $moment }.
accepted-undo = Отменить
nobody-decides-title = Некому решать: { $names }
nobody-decides-text = Пришла новость, а модератора у этой организации нет. Пригласите его: /people

## Прислано дважды

double-own = Это вы уже прислали: { $when }
double-colleague = Это уже прислано: { $when }. Автор: { $who }
double-somebody = кто-то из ваших
double-words = «{ $words }»
double-replace = Заменить
double-add = Добавить к той
double-other = Это другое
double-gone = Той новости больше нет
double-merged = Это вошло в новость, присланную раньше.

## Правка своих сообщений

edit-taken = Приняли исправление, решают заново
edit-nothing-new = Ничего нового: всё это там уже есть.
edit-leave = Оставить как было
edit-kept = Пока всё остаётся как было.
edit-decided = Решение по этой новости уже принято, правка его не меняет. Пришлите новость заново.
edit-discarded = Эту новость вы отозвали, поэтому правка ничего не изменит. Пришлите её заново.
edit-retracted = Эта новость снята с публикации, поэтому правка ничего не изменит.
edit-no-role = У вас больше нет права присылать сюда новости, поэтому правку не берём.
correction-title = Исправить опубликованное?
correction-text = Исправление сначала одобрят, потом поправим везде, где новость уже вышла.
correction-yes = Исправить
correction-no = Оставить
correction-left = Хорошо, опубликованное остаётся как есть.
correction-taken = Исправление принято
