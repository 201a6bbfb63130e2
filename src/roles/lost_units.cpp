#include "roles/lost_units.hpp"

#include <cstdint>
#include <utility>

namespace starmap::roles {

wire::Result lost_units(detail::UnitHead const& head, detail::UnitFailure failure, double start,
                        double duration)
{
    failure.item = head.index;
    failure.task_no = head.task_no;
    detail::UnitRow row;
    row.task_no = head.task_no;
    row.weight = failure.weight;
    row.start = start;
    row.duration = duration;
    row.items = failure.count;
    row.status = failure.status;
    row.exit_code = static_cast<std::int16_t>(failure.exit_code);
    wire::Result result;
    result.head.done = failure.count;
    result.rows.push_back(row);
    result.failures.push_back(std::move(failure));
    return result;
}

} // namespace starmap::roles
