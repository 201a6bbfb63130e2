// expect: reduce(op, init) needs op(T, R) -> T, T being the type of init and R the tasks' result.
#include <starmap/starmap.hpp>

#include <string>
#include <vector>

std::string show(int x) { return std::to_string(x); }

std::size_t all(starmap::Session& session, std::vector<int> const& items)
{
    auto const op = [](std::size_t sum, std::string const& text) { return sum + text.size(); };
#ifdef CONTROL
    return session.map(starmap::fn<show>, items).reduce(op, std::size_t{0});
#else
    return session.map(starmap::fn<show>, items).reduce(op, std::vector<int>{}).size();
#endif
}
