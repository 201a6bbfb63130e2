#include "report.hpp"

#include "info.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace starmap::command {

namespace {

using nlohmann::json;

/// As many digits as a chart can show, which keeps the page small; null for what is no number.
json rounded(double value, int digits = 6)
{
    if (!std::isfinite(value)) return nullptr;
    if (value == 0) return 0;
    auto const scale =
        std::pow(10.0, digits - 1 - static_cast<int>(std::floor(std::log10(std::abs(value)))));
    auto const nearest = std::round(value * scale) / scale;
    return std::isfinite(nearest) ? nearest : value;
}

/// A column a member: shorter than an object a task.
json columns(std::vector<report::TimelineTask> const& tasks)
{
    json all = json::object();
    auto const column = [&](char const* name, auto value_of) {
        auto& values = all[name] = json::array();
        for (auto const& task : tasks) values.push_back(value_of(task));
    };
    constexpr int of_time = 9; // a microsecond in a quarter of an hour
    column("name", [](auto const& task) { return task.colour; });
    column("lane", [](auto const& task) { return task.lane; });
    column("worker", [](auto const& task) { return task.record.worker; });
    column("status", [](auto const& task) { return static_cast<int>(task.record.status); });
    column("starmap", [](auto const& task) { return task.record.starmap; });
    column("task_no", [](auto const& task) { return task.record.task_no; });
    column("items", [](auto const& task) { return task.record.items; });
    column("start", [](auto const& task) { return rounded(task.record.start, of_time); });
    column("duration", [](auto const& task) { return rounded(task.record.duration); });
    column("weight", [](auto const& task) { return rounded(task.record.weight); });
    column("mem_gb", [](auto const& task) { return rounded(task.record.mem_gb); });
    return all;
}

std::string base64(std::vector<std::uint8_t> const& bytes)
{
    constexpr auto* digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve(4 * (bytes.size() / 3 + 1));
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t triple = 0;
        for (std::size_t k = 0; k < 3; ++k)
            triple = triple << 8U | (i + k < bytes.size() ? bytes[i + k] : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            text += i + k > bytes.size() ? '=' : digits[triple >> (18 - 6 * k) & 63U];
    }
    return text;
}

/// Two bytes a cell: the busy part of its time in 255 steps, and its colour, with the highest bit
/// if most of that time went into attempts that did not end ok. What is busy at all is at least 1.
std::string packed_cells(report::Timeline const& timeline, std::size_t bins)
{
    std::vector<std::uint8_t> bytes;
    bytes.reserve(2 * timeline.lanes() * bins);
    auto const full = timeline.bin_width() * static_cast<double>(timeline.workers_a_lane());
    for (std::size_t lane = 0; lane < timeline.lanes(); ++lane) {
        for (std::size_t bin = 0; bin < bins; ++bin) {
            auto const& cell = timeline.cells()[lane * timeline.bins() + bin];
            auto const share = std::min(1.0, static_cast<double>(cell.busy) / full);
            bytes.push_back(static_cast<std::uint8_t>(std::ceil(share * 255)));
            unsigned const failed = cell.failed > cell.busy / 2 ? 0x80U : 0;
            bytes.push_back(static_cast<std::uint8_t>(cell.colour | failed));
        }
    }
    return base64(bytes);
}

json timeline_of(report::Charts const& charts)
{
    auto const& timeline = charts.timeline();
    json ends = json::array();
    for (auto const end : timeline.last_ends()) ends.push_back(rounded(end, 9));
    json all = {{"workers", timeline.workers()},
                {"lanes", timeline.lanes()},
                {"workers_a_lane", timeline.workers_a_lane()},
                {"end", rounded(timeline.end(), 9)},
                {"last_ends", std::move(ends)}};
    if (timeline.has_each_task()) {
        all["tasks"] = columns(timeline.tasks());
        return all;
    }
    auto const bins =
        std::min(timeline.bins(),
                 static_cast<std::size_t>(std::ceil(timeline.end() / timeline.bin_width())));
    all["bins"] = bins;
    all["bin_width"] = timeline.bin_width();
    all["cells"] = packed_cells(timeline, bins);
    all["longest"] = columns(charts.longest());
    all["not_ok"] = columns(charts.not_ok());
    return all;
}

json histogram_of(report::Charts const& charts)
{
    auto const& any = charts.durations().front();
    json counts = json::array();
    for (auto const& histogram : charts.durations()) counts.push_back(histogram.counts());
    return {{"low", any.low()},
            {"high", any.high()},
            {"logarithmic", any.is_logarithmic()},
            {"counts", std::move(counts)}};
}

/// A record of as many names or Starmaps as tasks would make a page that no browser shows. Keeps
/// the first ones, and tells how many are left out.
json cut_long_lists(json& figures)
{
    constexpr std::size_t most = 2000;
    json left_out = json::object();
    for (auto const* key : {"names", "starmaps", "performance_data"}) {
        auto& list = figures[key].get_ref<json::array_t&>();
        if (list.size() <= most) continue;
        left_out[key] = list.size() - most;
        list.resize(most);
    }
    return left_out;
}

/// JSON has these only within strings, where they may be written so.
std::string without_markup(std::string const& text)
{
    std::string safe;
    safe.reserve(text.size());
    for (char const c : text) {
        switch (c) {
        case '<': safe += "\\u003c"; break;
        case '>': safe += "\\u003e"; break;
        case '&': safe += "\\u0026"; break;
        default: safe += c;
        }
    }
    return safe;
}

} // namespace

std::string page_data(report::Figures const& figures, report::Charts const& charts)
{
    auto told = to_json(figures);
    auto left_out = cut_long_lists(told);
    json const all = {{"figures", std::move(told)},
                      {"left_out", std::move(left_out)},
                      {"state", in_words(figures.state)},
                      {"colours", charts.names()},
                      {"timeline", timeline_of(charts)},
                      {"durations", histogram_of(charts)},
                      {"sample", columns(charts.sample().values())},
                      {"sampled_from", charts.sample().seen()},
                      {"hungriest", columns(charts.hungriest())}};
    // Text that is not UTF-8 is shown with replacement characters rather than not at all.
    return without_markup(all.dump(-1, ' ', false, json::error_handler_t::replace));
}

} // namespace starmap::command
