#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace starmap::farm {

/// The numbers FIRST..LAST or FIRST..LAST..STEP, both ends included where the steps meet them. They
/// are decimal numbers and computed as such: 0..1..0.1 are eleven, and the fourth is 0.3. Downward
/// where LAST is below FIRST, whatever the sign of STEP, which is 1 if it is left out. Numbers are
/// as short as can be, but whole numbers of which one end begins with a zero, as in 001..100, are
/// all filled up with zeros to the length of the longer end.
class NumberRange {
public:
    /// Throws UsageError, whose text is only why that is no range.
    explicit NumberRange(std::string_view text);

    std::uint64_t size() const noexcept { return size_; }
    /// The index-th one, from 0.
    std::string operator[](std::uint64_t index) const;

private:
    std::int64_t first_ = 0; ///< in units of the last decimal
    std::int64_t step_ = 1;  ///< likewise, and with its direction
    std::uint64_t size_ = 0;
    std::size_t decimals_ = 0;
    std::size_t width_ = 0; ///< to be filled up to
};

} // namespace starmap::farm
