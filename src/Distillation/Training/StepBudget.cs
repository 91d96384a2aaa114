using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;

namespace Reflux.Distillation.Training;

/// <summary>How much of the log one step can need, for brokers that hold little of it.</summary>
public static class StepBudget
{
    /// <summary>Largest label record, bytes.</summary>
    public const int RecordBytes = 64 * 1024;

    private const int BytesPerDraw = 5;
    private const int BytesPerToken = 6;

    /// <summary>The most records that one step's sequences can fill, when every answer is as long and as uncertain as the lane allows.</summary>
    public static long MostRecords(TrainingSpec training, LaneSpec lane)
    {
        var sequence = Math.Min(RecordBytes, (long)lane.MaxAnswerTokens * (BytesPerToken + ((long)BytesPerDraw * lane.Draws)));
        return ((training.SequencesPerStep * sequence) + RecordBytes - 1) / RecordBytes;
    }

    /// <summary>Refuses a step that can need more than half of what the broker lets producers run ahead.</summary>
    /// <param name="student">The student's spec.</param>
    /// <param name="lane">Its lane's spec.</param>
    /// <param name="aheadRecords">How many records producers may be ahead of the trainer (the embedded broker: 48).</param>
    /// <exception cref="RefluxException">The step is too large (option-out-of-range).</exception>
    public static void Validate(StudentSpec student, LaneSpec lane, int aheadRecords)
    {
        var records = MostRecords(student.Training, lane);
        if (records > aheadRecords / 2)
        {
            throw new RefluxException(
                ErrorCodes.OptionOutOfRange,
                $"A step of student '{student.Name}' can need {records} label records ({student.Training.SequencesPerStep} sequences of up to {lane.MaxAnswerTokens} labelled tokens); "
                + $"this broker lets producers run only {aheadRecords} records ahead, and a step may need at most half of that.",
                "Lower training.sequencesPerStep or the lane's maxAnswerTokens, or set Kafka:BootstrapServers to a real cluster.");
        }
    }
}
