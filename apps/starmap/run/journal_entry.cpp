#include "run/journal_entry.hpp"

#include "journal/content_hash.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace starmap::farm {

namespace {

/// "SmE" and the version of the layout.
constexpr std::uint32_t magic = 0x01456d53;

struct Layout {
    std::uint32_t magic;
    std::uint8_t status;
    std::uint8_t unused;
    std::uint16_t attempt;
    std::uint64_t id[2];
    double seconds;
    std::int32_t exit_code;
    std::int32_t rank;
    std::uint64_t check;
};
static_assert(sizeof(Layout) == entry_size && alignof(Layout) == 8);

std::uint64_t check_of(Layout const& layout) noexcept
{
    return journal::hash_of(std::as_bytes(std::span(&layout, 1)).first(offsetof(Layout, check)))
        .first;
}

} // namespace

EntryBytes to_bytes(JournalEntry const& entry) noexcept
{
    Layout layout{.magic = magic,
                  .status = static_cast<std::uint8_t>(entry.status),
                  .unused = 0,
                  .attempt = entry.attempt,
                  .id = {entry.id[0], entry.id[1]},
                  .seconds = entry.seconds,
                  .exit_code = entry.exit_code,
                  .rank = entry.rank,
                  .check = 0};
    layout.check = check_of(layout);
    EntryBytes bytes;
    std::memcpy(bytes.data(), &layout, entry_size);
    return bytes;
}

std::optional<JournalEntry> entry_in(std::span<std::byte const, entry_size> bytes) noexcept
{
    Layout layout;
    std::memcpy(&layout, bytes.data(), entry_size);
    if (layout.magic != magic || layout.check != check_of(layout) ||
        layout.status > static_cast<std::uint8_t>(TaskStatus::cancelled))
        return std::nullopt;
    return JournalEntry{.id = {layout.id[0], layout.id[1]},
                        .seconds = layout.seconds,
                        .exit_code = layout.exit_code,
                        .rank = layout.rank,
                        .attempt = layout.attempt,
                        .status = static_cast<TaskStatus>(layout.status)};
}

void EntryScanner::feed(std::span<std::byte const> bytes,
                        std::function<void(JournalEntry const&)> visit)
{
    std::vector<std::byte> joined(rest_.begin(),
                                  rest_.begin() + static_cast<std::ptrdiff_t>(rest_size_));
    joined.insert(joined.end(), bytes.begin(), bytes.end());
    std::span<std::byte const> left(joined);
    while (left.size() >= entry_size) {
        auto const entry = entry_in(left.first<entry_size>());
        if (!entry) {
            ++gap_;
            left = left.subspan(1);
            continue;
        }
        damaged_ += (gap_ + entry_size - 1) / entry_size;
        gap_ = 0;
        visit(*entry);
        left = left.subspan(entry_size);
    }
    std::copy(left.begin(), left.end(), rest_.begin());
    rest_size_ = left.size();
}

std::uint64_t EntryScanner::finish() noexcept
{
    gap_ += rest_size_;
    rest_size_ = 0;
    damaged_ += (gap_ + entry_size - 1) / entry_size;
    gap_ = 0;
    return damaged_;
}

} // namespace starmap::farm
