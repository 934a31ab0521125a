# The preview: what people will see, and who they are.

preview-of = { $network }: { $kind }
preview-label = This is how it will look — { $where }
preview-dialogs = private messages
preview-groups = groups
preview-channels = channels
preview-walls = community walls
preview-title = { $name } · how it will look
preview-below = Above is the news exactly as it will come out.
preview-rest = { $count ->
    [one] { $count } more look
   *[other] { $count } more looks
}
preview-back = ‹ Back to the draft
preview-decides = Decided by: { $names }
preview-decides-then = , then {""}
preview-decides-nobody = Nobody has to agree: it goes out a minute after sending.

audience-nobody = Nobody would get this yet: nobody has such a subscription.
audience-places = It comes out here: { $names }
audience-more = {""} and { $count } more
audience-subscribers = Subscribers: { $count }
