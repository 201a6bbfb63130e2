// expect: The task cannot be called with its input
#include <starmap/starmap.hpp>

#include <string>

#ifdef CONTROL
std::size_t consume(std::string const& text);
#else
std::size_t consume(std::string& text);
#endif

std::size_t sum(starmap::Session& session)
{
    auto tasks = session.starmap(starmap::fn<consume>);
    tasks.submit("text");
    return tasks.reduce();
}
