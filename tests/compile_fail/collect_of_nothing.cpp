// expect: Tasks that return nothing have no results to collect. Use wait().
#include <starmap/starmap.hpp>

#include <vector>

void print(int x);

void all(starmap::Session& session, std::vector<int> const& items)
{
#ifdef CONTROL
    session.map(starmap::fn<print>, items).wait();
#else
    session.map(starmap::fn<print>, items).collect();
#endif
}
