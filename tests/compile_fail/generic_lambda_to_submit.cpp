// expect: The parameters of the task cannot be told
#include <starmap/starmap.hpp>

int sum(starmap::Session& session)
{
#ifdef CONTROL
    auto tasks = session.starmap([](int x) { return x; });
#else
    auto tasks = session.starmap([](auto x) { return x; });
#endif
    tasks.submit(1);
    return tasks.reduce();
}
