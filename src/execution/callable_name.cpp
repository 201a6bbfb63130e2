#include <starmap/task.hpp>

namespace starmap::detail {

std::string bare_name(std::string_view pretty)
{
    // g++:   "... [with auto Function = ns::f; std::string_view = ...]", "... [with F = ns::G<int>;
    // ..." clang: "... [Function = &ns::f]",                                 "... [F = ns::G<int>]"
    auto const at = pretty.find(" = ");
    if (at == std::string_view::npos) return std::string(pretty);
    auto name = pretty.substr(at + 3);
    name = name.substr(0, name.rfind("; std::string_view"));
    if (name.ends_with(']')) name.remove_suffix(1);
    if (name.find("<lambda(") != std::string_view::npos || name.starts_with("(lambda at "))
        return "lambda";
    if (name.starts_with('&')) name.remove_prefix(1);
    // A scope can have template arguments or parameters of its own: cut at depth 0 only.
    int depth = 0;
    std::size_t first = 0;
    std::size_t last = name.size();
    for (std::size_t i = 0; i < name.size(); ++i) {
        auto const c = name[i];
        if (c == '<' || c == '(' || c == '{') {
            if (depth++ == 0) last = i;
        } else if (c == '>' || c == ')' || c == '}') {
            --depth;
        } else if (depth == 0 && name.substr(i).starts_with("::")) {
            first = i + 2;
            last = name.size();
        }
    }
    return std::string(name.substr(first, last > first ? last - first : std::string_view::npos));
}

} // namespace starmap::detail
