// expect: Tasks that return nothing cannot be reduced. Use wait().
#include <starmap/starmap.hpp>

#include <vector>

void print(int x);

void all(starmap::Session& session, std::vector<int> const& items)
{
#ifdef CONTROL
    session.map(starmap::fn<print>, items).wait();
#else
    session.map(starmap::fn<print>, items).reduce();
#endif
}
