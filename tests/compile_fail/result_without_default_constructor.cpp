// expect: The result of a task must have a default constructor (it is received into a fresh
// object). Give its type one.
#include <starmap/starmap.hpp>

#include <string>
#include <vector>

struct Named {
    explicit Named(std::string text) : name(std::move(text)) {}
#ifdef CONTROL
    Named() = default;
#endif
    std::string name;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& name;
    }
};

Named named(int number) { return Named(std::to_string(number)); }

std::size_t count(starmap::Session& session, std::vector<int> const& items)
{
    return session.map(starmap::fn<named>, items).collect().size();
}
