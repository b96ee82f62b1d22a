"""The Go releases that can be downloaded by default: the last patch release of each version.

Source: the JSON index of Go's download site (https://go.dev/dl/?mode=json&include=all).
"""

from __future__ import annotations

# Downloaded if no Go on the machine is suitable, unless the go.mod requires a newer one.
DEFAULT_VERSION = "1.26.7"

# version|platform|sha256|size in bytes, the format of Pants's external tools.
KNOWN_VERSIONS = [
    "1.21.13|macos_x86_64|796fd05e8741f6776c505eb201922864f2e32991679b639d9fcb524dbe300c0d|67329979",
    "1.21.13|macos_arm64|c04ee7bdc0e65cf17133994c40ee9bdfa1b1dc9587b3baedaea39affdb8e5b49|65109740",
    "1.21.13|linux_x86_64|502fc16d5910562461e6a6631fb6377de2322aad7304bf2bcd23500ba9dab4a7|66660837",
    "1.21.13|linux_arm64|2ca2d70dc9c84feef959eb31f2a5aac33eefd8c97fe48f1548886d737bffabd4|63753135",
    "1.22.12|macos_x86_64|e7bbe07e96f0bd3df04225090fe1e7852ed33af37c43a23e16edbbb3b90a5b7c|70358300",
    "1.22.12|macos_arm64|416c35218edb9d20990b5d8fc87be655d8b39926f15524ea35c66ee70273050d|67315985",
    "1.22.12|linux_x86_64|4fa4f869b0f7fc6bb1eb2660e74657fbf04cdd290b5aef905585c86051b34d43|68995422",
    "1.22.12|linux_arm64|fd017e647ec28525e86ae8203236e0653242722a7436929b1f775744e26278e7|65924318",
    "1.23.12|macos_x86_64|0f6efdc3ffc6f03b230016acca0aef43c229de022d0ff401e7aa4ad4862eca8e|75005215",
    "1.23.12|macos_arm64|5bfa117e401ae64e7ffb960243c448b535fe007e682a13ff6c7371f4a6f0ccaa|71669468",
    "1.23.12|linux_x86_64|d3847fef834e9db11bf64e3fb34db9c04db14e068eeb064f49af747010454f90|73666637",
    "1.23.12|linux_arm64|52ce172f96e21da53b1ae9079808560d49b02ac86cecfa457217597f9bc28ab3|70302251",
    "1.24.13|macos_x86_64|6cc6549b06725220b342b740497ffd24e0ebdcef75781a77931ca199f46ad781|80145725",
    "1.24.13|macos_arm64|f282d882c3353485e2fc6c634606d85caf36e855167d59b996dbeae19fa7629a|76442495",
    "1.24.13|linux_x86_64|1fc94b57134d51669c72173ad5d49fd62afb0f1db9bf3f798fd98ee423f8d730|78709986",
    "1.24.13|linux_arm64|74d97be1cc3a474129590c67ebf748a96e72d9f3a2b6fef3ed3275de591d49b3|74955536",
    "1.25.14|macos_x86_64|b09087a67d5792a8b0fcbf74212d62560c94ac8a8fd750ff920d8cb5f1e20118|60622678",
    "1.25.14|macos_arm64|5b26c0b6f308240fca2614fb02f622cfcc8c0cc3b69c78bba4845489a4590259|58123934",
    "1.25.14|linux_x86_64|a21ae5633a269bcd7e90cf767e48225633795e99d831742cbf3397064fee7712|59909419",
    "1.25.14|linux_arm64|9bf234ea70ffec9347fdf6b22ce4add51717d3386a38a441e8c8743fceb5eaee|57360344",
    "1.26.7|macos_x86_64|92e8b34bff3c89ab16404c595669ac8cb004cc2f676dcbd1f5b87a6b8def3b47|67852067",
    "1.26.7|macos_arm64|020a1e8224811be75163e920bc77e0926a1390a6aeea19bdcf23f74b9d749f6d|64772572",
    "1.26.7|linux_x86_64|ffb5f8de10c62550dfddab66b36b57030721e0a44a3218e9e1181d7b59f121ca|66890901",
    "1.26.7|linux_arm64|5a4ec883379d51ee9ce1040d5e87f8d35e20387574dd8c947feb01eabc3c1b37|63809550",
    "1.27.0|macos_x86_64|d3314e25496e4381d71a5c51d2907e7af655d199f6780b549f015bd85fef4986|71684980",
    "1.27.0|macos_arm64|90493b3bbd5e10f91d12153198bf1994fd756399b4fec93b49b0c6e2acdeeb3e|68303667",
    "1.27.0|linux_x86_64|675c26c449cbb18fc24b74650de1eabbae6e16f64326fd85a283fb3b58280685|70523269",
    "1.27.0|linux_arm64|51798d2c42d0e1c6ed7fd9f48728b4193abac9e8aad6dbac2fe96a81f5909bda|66988980",
]

# From Pants's platform names to the names in Go's archives.
PLATFORM_NAMES = {
    "linux_arm64": "linux-arm64",
    "linux_x86_64": "linux-amd64",
    "macos_arm64": "darwin-arm64",
    "macos_x86_64": "darwin-amd64",
}


def go_platform(platform: str) -> str:
    """The GOOS/GOARCH of what Pants calls `platform`."""
    return PLATFORM_NAMES[platform].replace("-", "/")
