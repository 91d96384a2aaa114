using System.Globalization;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Snapshots;

namespace Reflux.Distillation.Training;

/// <summary>What a student's spec may say. Hosts check it when a student is created; a trainer checks it again before it begins.</summary>
public static class StudentSpecRules
{
    /// <summary>Checks every number and name of a spec.</summary>
    /// <exception cref="RefluxException">One is out of range (option-out-of-range), or the base is not exactly one of two (invalid-request).</exception>
    public static void Validate(StudentSpec student)
    {
        var (training, snapshots) = (student.Training, student.Snapshots);
        Within("training.sequencesPerStep", training.SequencesPerStep, 1, 4096);
        Within("training.rowTokens", training.RowTokens, 2, 1 << 20);
        Within("training.learningRate", training.LearningRate, 0, 10);
        Within("training.minLearningRate", training.MinLearningRate, 0, training.LearningRate);
        Within("training.warmupSteps", training.WarmupSteps, 0, int.MaxValue);
        Within("training.scheduleSteps", training.ScheduleSteps, 1, int.MaxValue);
        Within("training.beta1", training.Beta1, 0, 0.99999);
        Within("training.beta2", training.Beta2, 0, 0.9999999);
        Within("training.epsilon", training.Epsilon, double.Epsilon, 1);
        Within("training.weightDecay", training.WeightDecay, 0, 10);
        Within("training.gradientClip", training.GradientClip, 0, 1e6);
        Within("training.crossEntropyWeight", training.CrossEntropyWeight, 0, 1);
        Within("snapshots.everySeconds", snapshots.EverySeconds, 0.1, 1e6);
        Within("snapshots.maxAcceptanceDrop", snapshots.MaxAcceptanceDrop, 0, 1);
        SnapshotDtype.Parse(snapshots.Dtype);
        if (training.Schedule is not (TrainingSchedules.Constant or TrainingSchedules.Cosine))
        {
            throw new RefluxException(
                ErrorCodes.OptionOutOfRange, $"training.schedule is '{training.Schedule}'.", $"Set it to {TrainingSchedules.Constant} or {TrainingSchedules.Cosine}.");
        }

        if (student.Base.Directory is null == student.Base.Fresh is null)
        {
            throw new RefluxException(
                ErrorCodes.InvalidRequest, "A student's base must have exactly one of directory and fresh.", "Give base.directory or base.fresh.");
        }

        if (student.Base.Fresh is { } fresh)
        {
            Validate(fresh);
        }
    }

    private static void Validate(FreshModelSpec fresh)
    {
        Within("base.fresh.layers", fresh.Layers, 1, 1024);
        Within("base.fresh.heads", fresh.Heads, 1, 1024);
        Within("base.fresh.keyValueHeads", fresh.KeyValueHeads, 1, fresh.Heads);
        Within("base.fresh.hiddenSize", fresh.HiddenSize, 2, 1 << 17);
        Within("base.fresh.intermediateSize", fresh.IntermediateSize, 1, 1 << 20);
        Within("base.fresh.maxPositions", fresh.MaxPositions, 2, 1 << 24);

        // rotary embedding turns pairs of dimensions
        if (fresh.HiddenSize % (2 * fresh.Heads) != 0 || fresh.Heads % fresh.KeyValueHeads != 0)
        {
            throw new RefluxException(
                ErrorCodes.OptionOutOfRange,
                $"A fresh model of hidden size {fresh.HiddenSize} can't have {fresh.Heads} heads with {fresh.KeyValueHeads} key-value heads.",
                "Make hiddenSize a multiple of twice the heads, and heads a multiple of keyValueHeads.");
        }
    }

    private static void Within(string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            throw new RefluxException(
                ErrorCodes.OptionOutOfRange,
                string.Create(CultureInfo.InvariantCulture, $"{name} is {value}."),
                string.Create(CultureInfo.InvariantCulture, $"Set it to {least} to {most}."));
        }
    }
}
