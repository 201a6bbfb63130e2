#include "report/task_info_schema.hpp"

namespace starmap::report {

namespace {

template <class Member>
struct KindOf;
template <std::size_t N>
struct KindOf<Text<N>> : std::integral_constant<Kind, Kind::text> {
};
template <>
struct KindOf<std::uint16_t> : std::integral_constant<Kind, Kind::u2> {
};
template <>
struct KindOf<std::uint32_t> : std::integral_constant<Kind, Kind::u4> {
};
template <>
struct KindOf<std::uint64_t> : std::integral_constant<Kind, Kind::u8> {
};
template <>
struct KindOf<std::int32_t> : std::integral_constant<Kind, Kind::i4> {
};
template <>
struct KindOf<std::int64_t> : std::integral_constant<Kind, Kind::i8> {
};
template <>
struct KindOf<double> : std::integral_constant<Kind, Kind::f8> {
};
template <>
struct KindOf<TaskStatus> : std::integral_constant<Kind, Kind::status> {
};

template <class Member>
constexpr Field column(char const* name)
{
    return {name, KindOf<Member>::value, sizeof(Member), 0, false};
}

/// A column that the first versions had not.
template <class Member>
constexpr Field later_column(char const* name)
{
    return {name, KindOf<Member>::value, sizeof(Member), 0, true};
}

/// Lays the columns out one behind the other, which is how the packed rows lie.
template <class... Fields>
constexpr std::array<Field, sizeof...(Fields)> in_order(Fields... fields)
{
    std::array<Field, sizeof...(Fields)> all{fields...};
    std::size_t offset = 0;
    for (auto& field : all) {
        field.offset = offset;
        offset += field.size;
    }
    return all;
}

template <std::size_t N>
constexpr std::size_t total(std::array<Field, N> const& fields)
{
    return fields.back().offset + fields.back().size;
}

constexpr auto task_fields = in_order(
    column<decltype(TaskRow::taskname)>("taskname"), column<decltype(TaskRow::task_no)>("task_no"),
    column<decltype(TaskRow::weight)>("weight"), column<decltype(TaskRow::duration)>("duration"),
    column<decltype(TaskRow::received)>("received"), column<decltype(TaskRow::mem_gb)>("mem_gb"),
    column<decltype(TaskRow::starmap)>("starmap"), column<decltype(TaskRow::items)>("items"),
    column<decltype(TaskRow::start)>("start"), column<decltype(TaskRow::wait)>("wait"),
    column<decltype(TaskRow::cpu)>("cpu"), column<decltype(TaskRow::sent)>("sent"),
    column<decltype(TaskRow::unpack)>("unpack"), column<decltype(TaskRow::pack)>("pack"),
    column<decltype(TaskRow::rank)>("rank"), column<decltype(TaskRow::worker)>("worker"),
    column<decltype(TaskRow::attempt)>("attempt"), column<decltype(TaskRow::status)>("status"),
    column<decltype(TaskRow::exit_code)>("exit_code"),
    later_column<decltype(TaskRow::session)>("session"),
    later_column<decltype(TaskRow::cores)>("cores"));
static_assert(total(task_fields) == sizeof(TaskRow));

constexpr auto starmap_fields = in_order(
    column<decltype(StarmapRow::starmap)>("starmap"), column<decltype(StarmapRow::name)>("name"),
    column<decltype(StarmapRow::tasks)>("tasks"), column<decltype(StarmapRow::items)>("items"),
    column<decltype(StarmapRow::start)>("start"), column<decltype(StarmapRow::end)>("end"),
    column<decltype(StarmapRow::sent)>("sent"), column<decltype(StarmapRow::received)>("received"),
    column<decltype(StarmapRow::policy)>("policy"),
    column<decltype(StarmapRow::failures)>("failures"),
    later_column<decltype(StarmapRow::moves)>("moves"),
    later_column<decltype(StarmapRow::moved_items)>("moved_items"));
static_assert(total(starmap_fields) == sizeof(StarmapRow));

constexpr auto worker_fields = in_order(
    column<decltype(WorkerRow::worker)>("worker"), column<decltype(WorkerRow::rank)>("rank"),
    column<decltype(WorkerRow::hostname)>("hostname"), column<decltype(WorkerRow::pid)>("pid"),
    column<decltype(WorkerRow::cores)>("cores"), column<decltype(WorkerRow::tasks)>("tasks"),
    column<decltype(WorkerRow::busy)>("busy"), column<decltype(WorkerRow::first)>("first"),
    column<decltype(WorkerRow::last)>("last"));
static_assert(total(worker_fields) == sizeof(WorkerRow));

constexpr auto operation_fields = in_order(column<decltype(OperationRow::operation)>("operation"),
                                           column<decltype(OperationRow::time_sec)>("time_sec"),
                                           column<decltype(OperationRow::memory_mb)>("memory_mb"),
                                           column<decltype(OperationRow::counts)>("counts"),
                                           column<decltype(OperationRow::task_no)>("task_no"));
static_assert(total(operation_fields) == sizeof(OperationRow));

constexpr auto failure_fields = in_order(
    column<decltype(FailureRow::task_no)>("task_no"),
    column<decltype(FailureRow::starmap)>("starmap"), column<decltype(FailureRow::rank)>("rank"),
    column<decltype(FailureRow::attempt)>("attempt"), column<decltype(FailureRow::item)>("item"),
    column<decltype(FailureRow::error)>("error"));
static_assert(total(failure_fields) == sizeof(FailureRow));

constexpr auto cost_fields =
    in_order(column<decltype(CostRow::starmap)>("starmap"), column<decltype(CostRow::name)>("name"),
             column<decltype(CostRow::key)>("key"), column<decltype(CostRow::seconds)>("seconds"),
             column<decltype(CostRow::weight)>("weight"), column<decltype(CostRow::units)>("units"),
             column<decltype(CostRow::per_weight)>("per_weight"),
             column<decltype(CostRow::per_unit)>("per_unit"));
static_assert(total(cost_fields) == sizeof(CostRow));

// Chunks are small enough that a run of few tasks leaves a small file, and large enough that ten
// million rows need ten thousand of them.
constexpr Table task_table{"task_info", sizeof(TaskRow), 1024, task_fields};
constexpr Table starmap_table{"starmaps", sizeof(StarmapRow), 32, starmap_fields};
constexpr Table worker_table{"workers", sizeof(WorkerRow), 64, worker_fields};
constexpr Table operation_table{"performance_data", sizeof(OperationRow), 1024, operation_fields};
constexpr Table failure_table{"failures", sizeof(FailureRow), 32, failure_fields};
constexpr Table cost_table{"costs", sizeof(CostRow), 64, cost_fields};

constexpr std::array statuses{TaskStatus::ok,      TaskStatus::failed, TaskStatus::crashed,
                              TaskStatus::timeout, TaskStatus::memory, TaskStatus::cancelled};

} // namespace

template <>
Table const& table_of<TaskRow>() noexcept
{
    return task_table;
}

template <>
Table const& table_of<StarmapRow>() noexcept
{
    return starmap_table;
}

template <>
Table const& table_of<WorkerRow>() noexcept
{
    return worker_table;
}

template <>
Table const& table_of<OperationRow>() noexcept
{
    return operation_table;
}

template <>
Table const& table_of<FailureRow>() noexcept
{
    return failure_table;
}

template <>
Table const& table_of<CostRow>() noexcept
{
    return cost_table;
}

std::span<TaskStatus const> all_statuses() noexcept { return statuses; }

} // namespace starmap::report
