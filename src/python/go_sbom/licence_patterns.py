"""The recognized licences, which cover nearly all Go modules.

Short licences are written out, with blanks (see `licence_texts`). Long ones are recognized by a
checksum of their words.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ShortLicence:
    name: str
    text: str


@dataclass(frozen=True)
class LongLicence:
    """The `words` words from `opening` on have the checksum `sha256`."""

    name: str
    opening: str
    words: int
    sha256: str


_PERMISSION = """
permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the software, and to permit persons to whom the software is
furnished to do so
"""
_AS_IS = """
the software is provided "as is", without warranty of any kind, express or implied, including but
not limited to the warranties of merchantability, fitness for a particular purpose and
noninfringement. in no event shall <*> be liable for any claim, damages or other liability, whether
in an action of contract, tort or otherwise, arising from, out of or in connection with the software
or the use or other dealings in the software
"""

_REDISTRIBUTION = """
redistribution and use in source and binary forms, with or without modification, are permitted
provided that the following conditions are met: redistributions of source code must retain the above
copyright notice, this list of conditions and the following disclaimer. redistributions in binary
form must reproduce the above copyright notice, this list of conditions and the following disclaimer
in the documentation and/or other materials provided with the distribution
"""
_ENDORSE = """
be used to endorse or promote products derived from this software without specific prior written
permission
"""
_NO_ENDORSEMENT = (
    f"<neither the name of|neither the names of> <*> may {_ENDORSE}",
    f"<the name of|the names of> <*> may not {_ENDORSE}",
)
_PROVIDED_BY = """
this software is provided by <*> "as is" and any express or implied warranties, including, but not
limited to, the implied warranties of merchantability and fitness for a particular purpose are
disclaimed. in no event shall <*> be liable for any direct, indirect, incidental, special,
exemplary, or consequential damages (including, but not limited to, procurement of substitute goods
or services; loss of use, data, or profits; or business interruption) however caused and on any
theory of liability, whether in contract, strict liability, or tort (including negligence or
otherwise) arising in any way out of the use of this software, even if advised of the possibility of
such damage
"""

_ANY_PURPOSE = """
permission to use, copy, modify, and<or> distribute this software for any purpose with or without
fee is hereby granted
"""
_DISCLAIMS = """
the software is provided "as is" and <*> disclaims all warranties with regard to this software
including all implied warranties of merchantability and fitness. in no event shall <*> be liable for
any special, direct, indirect, or consequential damages or any damages whatsoever resulting from
loss of use, data or profits, whether in an action of contract, negligence or other tortious action,
arising out of or in connection with the use or performance of this software
"""

SHORT = (
    ShortLicence(
        "MIT",
        f"""{_PERMISSION}, subject to the following conditions: the above copyright notice and this
        permission notice <(including the next paragraph)> shall be included in all copies or
        substantial portions of the software. {_AS_IS}""",
    ),
    ShortLicence("MIT-0", f"{_PERMISSION}. {_AS_IS}"),
    *(
        ShortLicence("BSD-3-Clause", f"{_REDISTRIBUTION}. {clause}. {_PROVIDED_BY}")
        for clause in _NO_ENDORSEMENT
    ),
    ShortLicence("BSD-2-Clause", f"{_REDISTRIBUTION}. {_PROVIDED_BY}"),
    ShortLicence(
        "ISC",
        f"""{_ANY_PURPOSE}, provided that the above copyright notice and this permission notice
        appear in all copies. {_DISCLAIMS}""",
    ),
    ShortLicence("0BSD", f"{_ANY_PURPOSE}. {_DISCLAIMS}"),
    # The licence's appendix on how to apply it, and the notice for files.
    ShortLicence(
        "Apache-2.0",
        """<appendix:> how to apply the Apache License to your work. to apply the Apache License to
        your work, attach the following boilerplate notice, with the fields enclosed by brackets
        "[]" replaced with your own identifying information. (Don't include the brackets!) The text
        should be enclosed in the appropriate comment syntax for the file format. We also recommend
        that a file or class name and description of purpose be included on the same "printed page"
        as the copyright notice for easier identification within third-party archives.
        <copyright yyyy name of copyright owner>""",
    ),
    ShortLicence(
        "Apache-2.0",
        """licensed under the apache license, version 2.0 (the "license"); you may not use this file
        except in compliance with the license. you may obtain a copy of the license at
        http://www.apache.org/licenses/LICENSE-2.0 unless required by applicable law or agreed to in
        writing, software distributed under the license is distributed on an "as is" basis, without
        warranties or conditions of any kind, either express or implied. see the license for the
        specific language governing permissions and limitations under the license""",
    ),
    ShortLicence(
        "BSL-1.0",
        """permission is hereby granted, free of charge, to any person or organization obtaining a
        copy of the software and accompanying documentation covered by this license (the "software")
        to use, reproduce, display, distribute, execute, and transmit the software, and to prepare
        derivative works of the software, and to permit third-parties to whom the software is
        furnished to do so, all subject to the following: the copyright notices in the software and
        this entire statement, including the above license grant, this restriction and the following
        disclaimer, must be included in all copies of the software, in whole or in part, and all
        derivative works of the software, unless such copies or derivative works are solely in the
        form of machine-executable object code generated by a source language processor. the
        software is provided "as is", without warranty of any kind, express or implied, including
        but not limited to the warranties of merchantability, fitness for a particular purpose,
        title and non-infringement. in no event shall the copyright holders or anyone distributing
        the software be liable for any damages or other liability, whether in contract, tort or
        otherwise, arising from, out of or in connection with the software or the use or other
        dealings in the software""",
    ),
    ShortLicence(
        "Unlicense",
        """this is free and unencumbered software released into the public domain. anyone is free to
        copy, modify, publish, use, compile, sell, or distribute this software, either in source
        code form or as a compiled binary, for any purpose, commercial or non-commercial, and by any
        means. in jurisdictions that recognize copyright laws, the author or authors of this
        software dedicate any and all copyright interest in the software to the public domain. we
        make this dedication for the benefit of the public at large and to the detriment of our
        heirs and successors. we intend this dedication to be an overt act of relinquishment in
        perpetuity of all present and future rights to this software under copyright law. the
        software is provided "as is", without warranty of any kind, express or implied, including
        but not limited to the warranties of merchantability, fitness for a particular purpose and
        noninfringement. in no event shall the authors be liable for any claim, damages or other
        liability, whether in an action of contract, tort or otherwise, arising from, out of or in
        connection with the software or the use or other dealings in the software. <for more
        information, please refer to <*>>""",
    ),
    ShortLicence(
        "Zlib",
        """this software is provided 'as-is', without any express or implied warranty. in no event
        will the author<s> be held liable for any damages arising from the use of this software.
        permission is granted to anyone to use this software for any purpose, including commercial
        applications, and to alter it and redistribute it freely, subject to the following
        restrictions: the origin of this software must not be misrepresented; you must not claim
        that you wrote the original software. if you use this software in a product, an
        acknowledgment in the product documentation would be appreciated but is not required.
        altered source versions must be plainly marked as such, and must not be misrepresented as
        being the original software. this notice may not be removed or altered from any source
        distribution""",
    ),
)

# The SPDX list has no single identifier for a GNU licence: whether later versions apply too depends
# on the files that it covers, not on its text.
LONG = (
    LongLicence(
        "Apache-2.0",
        "Apache License Version 2.0, January 2004",
        1385,
        "aaff7fd17fc20cc3a6517abb520942bbdcb096e6b178dea072393c9889713fbd",
    ),
    LongLicence(
        "MPL-2.0",
        "Mozilla Public License Version 2.0",
        2215,
        "cf43b0456b3893bcc1e57a22a7c2afa1f03ef0bbb80a38e593737f6201e51c82",
    ),
    LongLicence(
        "CC0-1.0",
        "Creative Commons Corporation is not a law firm and does not provide legal services",
        1027,
        "88e22aa9051cd1dd57e3c442c8e5afa886f838bf22138ee6ba9dcf2cfd489a63",
    ),
    LongLicence(
        "GNU General Public License, version 2",
        "This License applies to any program or other work which contains a notice",
        1943,
        "95561519660f14900c229bd5d4452153781e19da6461ec6925bcc8c1ac18b4cb",
    ),
    LongLicence(
        "GNU General Public License, version 3",
        "Everyone is permitted to copy and distribute verbatim copies of this license document",
        4972,
        "0e4e9479caefec8a4e00a2d4e32da8c3404f5bd5a8315a7f98498afb12619523",
    ),
    LongLicence(
        "GNU Lesser General Public License, version 2.1",
        "This License Agreement applies to any software library or other program",
        2923,
        "bd6aef876b5ff879c567c714a89ea35166087b9396033ec1392a890e9d4407a5",
    ),
    LongLicence(
        "GNU Lesser General Public License, version 3",
        "This version of the GNU Lesser General Public License incorporates the terms",
        1129,
        "ac58241104c8d841a18c89a8d22c3d7866b60b2ae04f4a1471a868ffc240329e",
    ),
    LongLicence(
        "GNU Affero General Public License, version 3",
        "Everyone is permitted to copy and distribute verbatim copies of this license document",
        4927,
        "b381820619025300f74b717cfa1cee85ed08b92f8fe1170ef6ea90df37cd74ce",
    ),
)


def is_spdx_identifier(name: str) -> bool:
    """Whether a licence's name is an identifier of the SPDX list, not a description."""
    return " " not in name
