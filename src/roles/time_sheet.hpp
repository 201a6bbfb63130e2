#pragma once

#include "base/clock.hpp"
#include "report/observer.hpp"

#include <utility>

namespace starmap::roles {

/// Keeps account of rank 0's time, by what it is doing. Costs two looks at the clock an activity.
class TimeSheet {
public:
    using Activity = double report::ManagerTime::*;

    /// For as long as it lives, the time is spent so; then as before.
    class Doing {
    public:
        Doing(TimeSheet& sheet, Activity activity) : sheet_(sheet), before_(sheet.change(activity))
        {
        }
        Doing(Doing const&) = delete;
        Doing& operator=(Doing const&) = delete;
        ~Doing() { sheet_.change(before_); }
        /// It was another activity, as has turned out.
        void was(Activity activity) noexcept { sheet_.activity_ = activity; }

    private:
        TimeSheet& sheet_;
        Activity before_;
    };

    /// Up to this moment. `in_tasks` [s] were spent in tasks, while it counted as messages.
    report::ManagerTime time(double in_tasks)
    {
        change(activity_);
        auto all = spent_;
        all.tasks = in_tasks < all.messages ? in_tasks : all.messages;
        all.messages -= all.tasks;
        return all;
    }

private:
    Activity change(Activity next)
    {
        auto const now = base::now();
        spent_.*activity_ += now - since_;
        since_ = now;
        return std::exchange(activity_, next);
    }

    report::ManagerTime spent_;
    Activity activity_ = &report::ManagerTime::main;
    double since_ = base::now();
};

} // namespace starmap::roles
