#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace starmap::base {

/// The setting `replay`, taken apart: "PLACE#TASK".
struct ReplayText {
    std::string place; ///< a record, a Starmap, or "RECORD#STARMAP"
    std::uint64_t task_no = 0;
};

/// Throws UsageError, whose text is only why it is nothing of the kind.
ReplayText replay_from(std::string_view text);

} // namespace starmap::base
