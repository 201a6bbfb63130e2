// expect: A task with an Emitter must return nothing
#include <starmap/starmap.hpp>

#ifdef CONTROL
void task(int i, starmap::Emitter<int>& emitter) { emitter.emit(i); }
#else
int task(int i, starmap::Emitter<int>& emitter)
{
    emitter.emit(i);
    return i;
}
#endif

void use(starmap::Session& session, std::vector<int> const& items)
{
    session.map(starmap::fn<task>, items).reduce();
}
