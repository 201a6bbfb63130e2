#pragma once

/// True in a build with AddressSanitizer. Long simulations, whose code shorter ones run through
/// too, are left out there: they look for figures, and take several times as long.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif
#else
inline constexpr bool sanitized = false;
#endif
