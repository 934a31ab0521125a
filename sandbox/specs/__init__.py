"""The published descriptions of the Bot API and of VK's API, and the check of all traffic against them.

The descriptions are not part of the sandbox: `--specs DIR` names a folder with telegram/api.json
(github.com/PaulSonOfLars/telegram-bot-api-spec) and vk/ (github.com/VKCOM/vk-api-schema).
"""

from sandbox.specs.inspector import Finding, NoSpecs, SpecInspector

__all__ = ["Finding", "NoSpecs", "SpecInspector"]
