/// The content of a record: the rows of its tables and its attributes, in a file that HDF5 itself
/// has written. (libhdf5 does not hold against hostile bytes: see CONTRIBUTING.md.) The input is a
/// row of [table][number of rows][bytes of the rows].
#include "base/log.hpp"
#include "report/hdf5_file.hpp"
#include "report/replay_target.hpp"
#include "report/summary.hpp"
#include "report/task_info_reader.hpp"
#include "scratch.hpp"

#include <starmap/error.hpp>

#include <hdf5.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace starmap::report;

class Input {
public:
    Input(std::uint8_t const* data, std::size_t size) : left_(data, size) {}
    bool empty() const { return left_.empty(); }
    std::uint8_t byte() { return empty() ? std::uint8_t{0} : bytes(1)[0]; }
    std::span<std::uint8_t const> bytes(std::size_t count)
    {
        auto const head = left_.first(std::min(count, left_.size()));
        left_ = left_.subspan(head.size());
        return head;
    }
    std::string text(std::size_t count)
    {
        auto const head = bytes(count);
        return {head.begin(), head.end()};
    }

private:
    std::span<std::uint8_t const> left_;
};

/// An attribute of any shape: an array of so many numbers or texts.
void add_odd_attribute(std::string const& path, char const* name, Input& input)
{
    auto const file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    hsize_t const count = input.byte() % 8;
    auto const space = H5Screate_simple(1, &count, nullptr);
    auto const is_text = input.byte() % 2 != 0;
    auto const type = H5Tcopy(is_text ? H5T_C_S1 : H5T_NATIVE_INT64);
    if (is_text) H5Tset_size(type, std::size_t{1} + input.byte());
    std::vector<char> const values(std::size_t{count} * 256 + 8, 'x');
    auto const attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, values.data());
    H5Aclose(attribute);
    H5Tclose(type);
    H5Sclose(space);
    H5Fclose(file);
}

template <class Row>
void add_rows(hdf5::Dataset& dataset, Input& input, std::size_t count)
{
    std::vector<Row> rows(count);
    for (auto& row : rows) {
        auto const bytes = input.bytes(sizeof row);
        std::memcpy(static_cast<void*>(&row), bytes.data(), bytes.size());
    }
    dataset.append(rows.data(), rows.size());
}

void write(std::string const& path, Input& input)
{
    auto const shape = input.byte();
    constexpr std::size_t most = 8;
    {
        auto file = hdf5::File::create(path);
        file.add_text("starmap_version", input.text(8));
        file.add_text("command_line", input.text(input.byte() % 64U));
        if ((shape & 1U) == 0) file.add_number("seed", Kind::u8, input.byte());
        auto tasks = file.add_dataset(table_of<TaskRow>());
        auto starmaps = file.add_dataset(table_of<StarmapRow>());
        auto workers = file.add_dataset(table_of<WorkerRow>());
        auto operations = file.add_dataset(table_of<OperationRow>());
        auto failures = file.add_dataset(table_of<FailureRow>());
        auto costs = file.add_dataset(table_of<CostRow>());
        while (!input.empty()) {
            auto const table = input.byte() % 6;
            auto const count = input.byte() % most;
            if (table == 0) add_rows<TaskRow>(tasks, input, count);
            if (table == 1) add_rows<StarmapRow>(starmaps, input, count);
            if (table == 2) add_rows<WorkerRow>(workers, input, count);
            if (table == 3) add_rows<OperationRow>(operations, input, count);
            if (table == 4) add_rows<FailureRow>(failures, input, count);
            if (table == 5) add_rows<CostRow>(costs, input, count);
        }
    }
    if ((shape & 1U) != 0) {
        Input last(&shape, 1);
        add_odd_attribute(path, (shape & 2U) != 0 ? "seed" : "start_time", last);
    }
}

void read(std::string const& path)
{
    auto const info = read_task_info(path);
    Summarizer summarizer;
    for (std::size_t i = 0; i < info.tasks.size(); ++i)
        summarizer.add(info.tasks[i], info.names.at(info.name_of[i]));
    for (auto const& operation : info.operations) summarizer.add(operation);
    auto const summary = summarizer.summary(info.starmaps, info.workers);
    summary.busy_shares();
    summary.imbalance();
    bare_command(info.run.command_line);
    TaskInfoReader const reader(path);
    reader.costs();
    for (auto const* place : {"#1", "#a#1", "#1#2"}) try {
            find_replay_target(path + place);
        } catch (starmap::Error const&) {
        }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    static fuzz::Scratch const scratch;
    starmap::base::init_log("off");
    auto const path = scratch.fresh("task_info.h5");
    Input input(data, size);
    write(path, input);
    try {
        read(path);
    } catch (starmap::IoError const&) {
    }
    return 0;
}
