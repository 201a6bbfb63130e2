#include "run/farm_request.hpp"

#include "journal/content_hash.hpp"
#include "run/words.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <span>

namespace starmap::farm {

std::string FarmRequest::title() const
{
    if (!is_template) return list == "-" ? std::string("standard input") : list;
    std::vector<std::string> all;
    auto const add = [&](char const* option, std::vector<std::string> const& values) {
        for (auto const& value : values) {
            all.emplace_back(option);
            all.push_back(value);
        }
    };
    add("--each", each);
    add("--range", ranges);
    add("--set", sets);
    all.emplace_back("--");
    all.insert(all.end(), words.begin(), words.end());
    return quote(all);
}

std::string FarmRequest::journal_folder() const
{
    if (journal == "none") return {};
    if (!journal.empty()) return journal;
    if (!is_template) return list == "-" ? std::string() : list + ".journal";
    auto const name = title();
    return fmt::format("starmap-{:016x}.journal",
                       journal::hash_of(std::as_bytes(std::span(name))).first);
}

std::string FarmRequest::list_folder() const
{
    return is_template || list == "-" ? std::string()
                                      : std::filesystem::path(list).parent_path().string();
}

} // namespace starmap::farm
