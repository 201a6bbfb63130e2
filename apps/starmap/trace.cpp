#include "info.hpp"
#include "input_file.hpp"
#include "report/task_info_reader.hpp"

#include "subcommands.hpp"

#include <starmap/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace starmap::command {

namespace {

using nlohmann::json;
using Nanoseconds = std::int64_t;

constexpr int pid_of_run = 0; ///< hosts count from 1

Nanoseconds nanoseconds(double seconds)
{
    return std::isfinite(seconds) ? std::llround(std::clamp(seconds, 0.0, 1e9) * 1e9) : 0;
}

/// Trace events are in microseconds.
double microseconds(Nanoseconds time) { return static_cast<double>(time) / 1000; }

/// The file, written event by event. One that is not closed is half a trace, and is removed.
class TraceFile {
public:
    explicit TraceFile(std::string const& path) : path_(path), file_(std::fopen(path.c_str(), "w"))
    {
        if (file_ == nullptr) fail("open");
        put("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
    }
    ~TraceFile()
    {
        if (file_ == nullptr) return;
        std::fclose(file_);
        std::error_code error;
        if (std::filesystem::is_regular_file(path_, error)) std::filesystem::remove(path_, error);
    }
    TraceFile(TraceFile const&) = delete;
    TraceFile& operator=(TraceFile const&) = delete;

    void add(json const& event)
    {
        if (events_++ > 0) put(",");
        put("\n" + event.dump(-1, ' ', false, json::error_handler_t::replace));
    }

    void close()
    {
        put("\n]}\n");
        if (std::fclose(std::exchange(file_, nullptr)) != 0) fail("write");
    }

    std::uint64_t events() const noexcept { return events_; }

private:
    void put(std::string const& text)
    {
        if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail("write");
    }
    [[noreturn]] void fail(char const* doing) const
    {
        throw IoError(fmt::format("Cannot {} {} ({})", doing, path_, std::strerror(errno)));
    }

    std::string path_;
    std::FILE* file_;
    std::uint64_t events_ = 0;
};

std::uint16_t last_session(report::TaskInfoReader const& reader)
{
    std::uint16_t last = 0;
    reader.for_each_task(
        [&](TaskRecord const& record, auto) { last = std::max(last, record.session); });
    return last;
}

class Trace {
public:
    Trace(report::TaskInfoReader const& reader, std::string const& path)
        : reader_(reader),
          session_(last_session(reader)), // a record that cannot be read costs no older trace
          file_(path)
    {
    }

    /// Gives how many rows of earlier sessions, whose times count from another start, are left out.
    std::uint64_t write()
    {
        add_places();
        add_starmaps();
        std::uint64_t left_out = 0;
        reader_.for_each_task([&](TaskRecord const& record, std::string_view name) {
            if (record.session != session_)
                ++left_out;
            else if (record.status != TaskStatus::cancelled)
                add_task(record, std::string(name));
        });
        add_in_flight();
        file_.close();
        return left_out;
    }

    std::uint64_t tasks() const noexcept { return begins_.size(); }

private:
    void name(char const* kind, int pid, std::uint32_t tid, std::string const& name)
    {
        file_.add(
            {{"ph", "M"}, {"name", kind}, {"pid", pid}, {"tid", tid}, {"args", {{"name", name}}}});
    }

    /// Hosts are processes, their workers threads.
    void add_places()
    {
        name("process_name", pid_of_run, 0, "the run");
        std::map<std::string, int> hosts;
        for (auto const& worker : reader_.workers()) {
            auto const [host, is_new] =
                hosts.try_emplace(worker.hostname, static_cast<int>(hosts.size()) + 1);
            if (is_new) name("process_name", host->second, 0, worker.hostname);
            pids_[worker.worker] = host->second;
            name("thread_name", host->second, worker.worker,
                 fmt::format("worker {}, rank {}", worker.worker, worker.rank));
        }
    }

    void add_starmaps()
    {
        for (auto const& starmap : reader_.starmaps()) {
            auto const title = fmt::format("{} (Starmap {})", starmap.name, starmap.starmap);
            name("thread_name", pid_of_run, starmap.starmap, title);
            if (std::isnan(starmap.end)) continue; // it is open
            slice(starmap.name, pid_of_run, starmap.starmap, nanoseconds(starmap.start),
                  nanoseconds(starmap.end),
                  {{"tasks", starmap.tasks},
                   {"items", starmap.items},
                   {"policy", starmap.policy},
                   {"sent", starmap.sent},
                   {"received", starmap.received},
                   {"failures", starmap.failures}});
        }
    }

    void slice(std::string const& what, int pid, std::uint32_t tid, Nanoseconds begin,
               Nanoseconds end, json const& arguments)
    {
        file_.add({{"ph", "X"},
                   {"name", what},
                   {"pid", pid},
                   {"tid", tid},
                   {"ts", microseconds(begin)},
                   {"dur", microseconds(end - begin)},
                   {"args", arguments}});
    }

    void add_task(TaskRecord const& record, std::string const& task)
    {
        auto const [found, is_new] = pids_.try_emplace(record.worker, 1);
        auto const pid = found->second;
        // Rounded clocks must not let a task begin before the one ahead of it has ended.
        auto& free = free_[record.worker];
        auto const begin = std::max(free, nanoseconds(record.start - record.unpack));
        auto const start = std::max(begin, nanoseconds(record.start));
        auto const stop = std::max(start, nanoseconds(record.start + record.duration));
        auto const end = std::max(stop, nanoseconds(record.start + record.duration + record.pack));
        free = end;
        slice(task, pid, record.worker, begin, end,
              {{"task_no", record.task_no},
               {"first_item", record.task_no - 1},
               {"items", record.items},
               {"weight", record.weight},
               {"attempt", record.attempt},
               {"status", to_string(record.status)},
               {"wait_s", record.wait},
               {"cpu_s", record.cpu},
               {"sent", record.sent},
               {"received", record.received},
               {"mem_gib", record.mem_gb},
               {"starmap", record.starmap}});
        if (start > begin) slice("unpack", pid, record.worker, begin, start, json::object());
        if (end > stop) slice("pack", pid, record.worker, stop, end, json::object());
        if (record.status != TaskStatus::ok)
            file_.add({{"ph", "i"},
                       {"s", "t"},
                       {"name", to_string(record.status)},
                       {"pid", pid},
                       {"tid", record.worker},
                       {"ts", microseconds(end)},
                       {"args", {{"task_no", record.task_no}, {"exit_code", record.exit_code}}}});
        begins_.push_back(begin);
        ends_.push_back(end);
    }

    /// One event wherever the number changes.
    void add_in_flight()
    {
        std::sort(begins_.begin(), begins_.end());
        std::sort(ends_.begin(), ends_.end());
        std::size_t ended = 0;
        std::int64_t shown = -1;
        for (std::size_t begun = 0; ended < ends_.size();) {
            auto const now =
                begun < begins_.size() ? std::min(begins_[begun], ends_[ended]) : ends_[ended];
            while (begun < begins_.size() && begins_[begun] <= now) ++begun;
            while (ended < ends_.size() && ends_[ended] <= now) ++ended;
            auto const number = static_cast<std::int64_t>(begun - ended);
            if (number != shown)
                file_.add({{"ph", "C"},
                           {"name", "tasks in flight"},
                           {"pid", pid_of_run},
                           {"tid", 0},
                           {"ts", microseconds(now)},
                           {"args", {{"tasks", number}}}});
            shown = number;
        }
    }

    report::TaskInfoReader const& reader_;
    std::uint16_t session_;
    TraceFile file_;
    std::map<std::uint32_t, int> pids_;
    std::map<std::uint32_t, Nanoseconds> free_; ///< when the last task of a worker had ended
    std::vector<Nanoseconds> begins_;
    std::vector<Nanoseconds> ends_;
};

} // namespace

void add_trace(CLI::App& app)
{
    auto* trace = app.add_subcommand(
        "trace", "Write a timeline that ui.perfetto.dev and chrome://tracing open");
    struct Arguments {
        std::string file;
        std::string output;
    };
    auto const arguments = std::make_shared<Arguments>();
    add_input_file(*trace, "FILE", arguments->file, "A task_info.h5");
    trace->add_option("-o,--output", arguments->output, "The file to write, trace.json say")
        ->required();
    trace->callback([arguments] {
        report::TaskInfoReader const reader(arguments->file);
        Trace written(reader, arguments->output);
        auto const left_out = written.write();
        fmt::print("{}: {}\n", arguments->file, in_words(reader.state()));
        fmt::print("{}: {} tasks\n", arguments->output, written.tasks());
        if (left_out > 0)
            fmt::print("{} tasks of earlier sessions are left out: their times count from other "
                       "starts\n",
                       left_out);
    });
}

} // namespace starmap::command
