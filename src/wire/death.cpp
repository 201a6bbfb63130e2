// The frame that tells of a worker's death; the others are in frame.cpp.
#include "wire/frame.hpp"

namespace starmap::wire {

Bytes encode(Death const& death, std::uint32_t job)
{
    auto frame = start_frame(Kind::died, job);
    frame.put(death.chunk);
    frame.put(death.saved);
    frame.put(death.blameless);
    frame.put(death.saved_start);
    frame.put(death.saved_seconds);
    frame.put(std::uint64_t{death.results.size()});
    frame.append(death.results.data(), death.results.size());
    frame.put(death.position);
    frame.put(death.count);
    frame.put(death.status);
    frame.put(death.exit_code);
    frame.put(death.start);
    frame.put(death.duration);
    frame.put(death.peak_rss);
    frame.put_text(death.text);
    seal(frame);
    return frame;
}

Death read_death(ByteReader& in)
{
    Death death;
    death.chunk = in.get<std::uint64_t>();
    death.saved = in.get<std::uint32_t>();
    death.blameless = in.get<std::uint32_t>();
    death.saved_start = in.get<double>();
    death.saved_seconds = in.get<double>();
    death.results = in.take(in.get<std::uint64_t>());
    death.position = in.get<std::uint64_t>();
    death.count = in.get<std::uint32_t>();
    death.status = in.get<TaskStatus>();
    death.exit_code = in.get<std::int32_t>();
    death.start = in.get<double>();
    death.duration = in.get<double>();
    death.peak_rss = in.get<std::uint64_t>();
    death.text = in.get_text();
    return death;
}

} // namespace starmap::wire
