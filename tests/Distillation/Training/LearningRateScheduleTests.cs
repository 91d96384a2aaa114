using Reflux.Contracts.Definitions;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Tests.Training;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Warms_up_in_equal_steps_and_stays()
    {
        var schedule = new LearningRateSchedule(new TrainingSpec { LearningRate = 0.4, WarmupSteps = 4 });

        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.4, 0.4], Enumerable.Range(1, 6).Select(step => Math.Round(schedule.At(step), 12)));
    }

    [Fact]
    public void Without_warm_up_the_first_step_has_the_full_rate() =>
        Assert.Equal(0.4, new LearningRateSchedule(new TrainingSpec { LearningRate = 0.4, WarmupSteps = 0 }).At(1));

    [Fact]
    public void Cosine_falls_to_the_floor_and_stays()
    {
        var schedule = new LearningRateSchedule(
            new TrainingSpec { LearningRate = 1, MinLearningRate = 0.2, WarmupSteps = 10, ScheduleSteps = 110, Schedule = TrainingSchedules.Cosine });

        Assert.Equal(1, schedule.At(10), 12);
        Assert.Equal(0.6, schedule.At(60), 12);
        Assert.Equal(0.2, schedule.At(110), 12);
        Assert.Equal(0.2, schedule.At(5000), 12);
    }
}
