#include "report/task_info_reader.hpp"

#include <functional>
#include <map>

namespace starmap::report {

TaskInfo read_task_info(std::string const& path)
{
    TaskInfoReader const reader(path);
    TaskInfo info{.state = reader.state(),
                  .run = reader.run(),
                  .starmap_version = reader.starmap_version(),
                  .tasks = {},
                  .name_of = {},
                  .names = {},
                  .starmaps = reader.starmaps(),
                  .workers = reader.workers(),
                  .operations = {},
                  .failures = reader.failures()};
    std::map<std::string, std::uint32_t, std::less<>> numbers;
    reader.for_each_task([&](TaskRecord const& record, std::string_view name) {
        auto found = numbers.find(name);
        if (found == numbers.end()) {
            found = numbers.emplace(name, static_cast<std::uint32_t>(info.names.size())).first;
            info.names.emplace_back(name);
        }
        info.tasks.push_back(record);
        info.name_of.push_back(found->second);
    });
    reader.for_each_operation(
        [&](OperationRecord const& operation) { info.operations.push_back(operation); });
    return info;
}

} // namespace starmap::report
