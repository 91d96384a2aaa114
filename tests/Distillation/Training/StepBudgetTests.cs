using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Tests.Training;

public sealed class StepBudgetTests
{
    private static readonly LaneSpec Lane = new() { Name = "support" };

    [Fact]
    public void The_default_step_fits_the_embedded_broker() => StepBudget.Validate(Student(new TrainingSpec()), Lane, 48);

    [Fact]
    public void A_step_that_can_need_more_than_half_is_refused_with_both_numbers()
    {
        var refusal = Assert.Throws<RefluxException>(() => StepBudget.Validate(Student(new TrainingSpec { SequencesPerStep = 25 }), Lane, 48));

        Assert.Equal(ErrorCodes.OptionOutOfRange, refusal.Code);
        Assert.Contains("25", refusal.Message);
        Assert.Contains("48", refusal.Message);
    }

    [Fact]
    public void Short_answers_leave_room_for_more_sequences() =>
        StepBudget.Validate(Student(new TrainingSpec { SequencesPerStep = 64 }), Lane with { MaxAnswerTokens = 64 }, 48);

    private static StudentSpec Student(TrainingSpec training) => new()
    {
        Name = "small",
        Lane = "support",
        Base = new BaseModelSpec { Directory = "somewhere" },
        Training = training,
    };
}
