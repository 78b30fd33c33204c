"""The Bot API methods about photos and documents."""

from typing import Any

from bot.simulator import formatted, keyboards
from bot.simulator.arguments import Arguments
from bot.simulator.errors import bad
from bot.simulator.media import LARGEST_DOWNLOAD, Upload
from bot.simulator.methods import find_chat, message_id, method, replied
from bot.simulator.telegram import Telegram


@method("sendPhoto")
async def send_photo(telegram: Telegram, arguments: Arguments) -> Any:
    return send_file(telegram, arguments, "photo")


@method("sendDocument")
async def send_document(telegram: Telegram, arguments: Arguments) -> Any:
    return send_file(telegram, arguments, "document")


def send_file(telegram: Telegram, arguments: Arguments, kind: str) -> dict[str, Any]:
    given = given_file(arguments, kind)
    text, entities = read_caption(arguments)
    markup = keyboards.read(arguments.text("reply_markup"))
    reply = arguments.object("reply_parameters", "reply parameters")
    chat = find_chat(telegram, arguments.text("chat_id"))
    reply_to = replied(chat, reply)
    file = telegram.files.take(kind, given)
    content = formatted.settle(text, entities, needed=False)
    if len(content.text) > formatted.LONGEST_CAPTION:
        raise bad("message caption is too long")
    markup = keyboards.settle(markup)
    telegram.reachable(chat)
    return telegram.message_json(telegram.send(chat, content, markup, reply_to, file))


def read_caption(arguments: Arguments) -> tuple[str, list[dict[str, Any]]]:
    given = (arguments.text(name) for name in ("caption", "parse_mode", "caption_entities"))
    return formatted.read(*given, needed=False)


def given_file(arguments: Arguments, kind: str) -> str | Upload:
    """The identifier of a file, or one that is uploaded: in the part of that name, or in the part it names."""
    given = arguments.text(kind)
    attached = given.startswith("attach://")
    if given and not attached:
        return given
    upload = arguments.files.get(given.removeprefix("attach://") if attached else kind)
    if upload is None:
        raise bad(f"there is no {kind} in the request")
    return upload


@method("editMessageCaption")
async def edit_message_caption(telegram: Telegram, arguments: Arguments) -> Any:
    text, entities = read_caption(arguments)
    markup = keyboards.read(arguments.text("reply_markup"))
    chat = find_chat(telegram, arguments.text("chat_id"))
    message = telegram.editable(chat, message_id(arguments))
    if not message.captioned:
        raise bad("there is no caption in the message to edit")
    content = formatted.settle(text, entities, needed=False)
    markup = keyboards.settle(markup, inline_only=True)
    # As with texts, the core server checks the length of an edit.
    if len(content.text) > formatted.LONGEST_CAPTION:
        raise bad("MEDIA_CAPTION_TOO_LONG")
    telegram.reachable(chat)
    telegram.edit(message, content.text, content.entities, markup)
    return telegram.message_json(message)


@method("getFile")
async def get_file(telegram: Telegram, arguments: Arguments) -> Any:
    """What is known of a file. At the path is what the bot uploaded, as long as it is kept, and else nothing.

    With Telegram each size of a photo is a JPEG of its own; here all of them are the picture that was uploaded.
    """
    given = arguments.text("file_id")
    if not given:
        raise bad("file_id not specified")
    file = telegram.files.known.get(given)
    if file is None:
        raise bad("invalid file_id")
    if file.size > LARGEST_DOWNLOAD:
        raise bad("file is too big")
    (found,) = (each for each in file.each() if each["file_id"] == given)
    described = {key: found[key] for key in ("file_id", "file_unique_id", "file_size")}
    return described | {"file_path": file.path}
