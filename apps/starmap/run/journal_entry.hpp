#pragma once

#include "run/journal.hpp"

#include <starmap/types.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace starmap::farm {

/// What a journal says of the end of a command.
struct JournalEntry {
    CommandId id{};
    double seconds = 0;         ///< wall time of the last attempt
    std::int32_t exit_code = 0; ///< or minus the signal
    std::int32_t rank = 0;
    std::uint16_t attempt = 1;
    TaskStatus status = TaskStatus::ok;

    bool operator==(JournalEntry const&) const = default;
};

/// As it lies in the file: a word that says what it is and in which version, the entry, and a check
/// sum over both. There is no other header, as whoever comes first may be killed before it is
/// there.
inline constexpr std::size_t entry_size = 48;
using EntryBytes = std::array<std::byte, entry_size>;

EntryBytes to_bytes(JournalEntry const& entry) noexcept;
/// Nothing where the bytes are no whole entry of this version.
std::optional<JournalEntry> entry_in(std::span<std::byte const, entry_size> bytes) noexcept;

/// Finds the entries in the bytes of a file that may be damaged: what is cut short or changed is
/// passed over, up to the next whole entry.
class EntryScanner {
public:
    /// Goes on with the next bytes of the file; `visit` is called with each entry.
    void feed(std::span<std::byte const> bytes, std::function<void(JournalEntry const&)> visit);
    /// At the end of the file. How many entries could not be read, as far as can be told.
    std::uint64_t finish() noexcept;

private:
    std::array<std::byte, entry_size - 1> rest_{};
    std::size_t rest_size_ = 0;
    std::uint64_t gap_ = 0; ///< bytes passed over since the last entry
    std::uint64_t damaged_ = 0;
};

} // namespace starmap::farm
