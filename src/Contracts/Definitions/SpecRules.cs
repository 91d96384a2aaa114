using System.Text.RegularExpressions;
using Reflux.Contracts.Errors;

namespace Reflux.Contracts.Definitions;

/// <summary>What a spec must satisfy before anything is created from it. Each method answers with the first violation, or null.</summary>
public static partial class SpecRules
{
    /// <summary>Lower-case letters, digits and hyphens, 1 to 64, starting with a letter.</summary>
    public static RefluxException? NameProblem(string? name) => name is not null && NamePattern().IsMatch(name)
        ? null
        : new RefluxException(
            ErrorCodes.InvalidName, $"'{Shortened(name)}' is no name", "A name has 1 to 64 lower-case letters, digits and hyphens and starts with a letter.");

    /// <summary>Checks a lane's spec.</summary>
    public static RefluxException? Problem(LaneSpec spec) =>
        NameProblem(spec.Name)
        ?? InRange("holdoutFraction", spec.HoldoutFraction, 0, 0.5)
        ?? OneOf("labels", spec.Labels, LaneLabels.Sampled, LaneLabels.TopK)
        ?? InRange("draws", spec.Draws, 1, 1000)
        ?? InRange("topK", spec.TopK, 1, 1000)
        ?? InRange("temperature", spec.Temperature, 0.1, 10)
        ?? InRange("maxAnswerTokens", spec.MaxAnswerTokens, 1, 65_536);

    /// <summary>Checks a teacher's spec; whether its model loads is found out where the files are.</summary>
    public static RefluxException? Problem(TeacherSpec spec) =>
        NameProblem(spec.Name)
        ?? NameProblem(spec.Lane)
        ?? NotEmpty("model", spec.Model)
        ?? InRange("batchSize", spec.BatchSize, 1, 1024)
        ?? NotEmpty("licenceVerdict", spec.LicenceVerdict);

    /// <summary>Checks a student's spec; whether its base model loads is found out where the files are.</summary>
    public static RefluxException? Problem(StudentSpec spec) =>
        NameProblem(spec.Name)
        ?? NameProblem(spec.Lane)
        ?? Problem(spec.Base)
        ?? Problem(spec.Training)
        ?? Problem(spec.Lora, spec.Base)
        ?? OneOf("snapshots.dtype", spec.Snapshots.Dtype, "BF16", "F16", "F32")
        ?? InRange("snapshots.everySeconds", spec.Snapshots.EverySeconds, 0.1, 1e6)
        ?? InRange("snapshots.maxAcceptanceDrop", spec.Snapshots.MaxAcceptanceDrop, 0, 1)
        ?? InRange("from.offset", spec.From?.Offset ?? 0, 0, long.MaxValue);

    private static RefluxException? Problem(BaseModelSpec spec)
    {
        if (spec.Directory is null == spec.Fresh is null)
        {
            return Invalid("base", "exactly one of 'directory' and 'fresh' must be given", "Give the one that the student starts from.");
        }

        return spec.Fresh is not { } fresh
            ? NotEmpty("base.directory", spec.Directory)
            : NotEmpty("base.fresh.tokenizerFrom", fresh.TokenizerFrom)
              ?? InRange("base.fresh.hiddenSize", fresh.HiddenSize, 2, 65_536)
              ?? InRange("base.fresh.layers", fresh.Layers, 1, 1024)
              ?? InRange("base.fresh.heads", fresh.Heads, 1, 1024)
              ?? InRange("base.fresh.keyValueHeads", fresh.KeyValueHeads, 1, fresh.Heads)
              ?? InRange("base.fresh.intermediateSize", fresh.IntermediateSize, 1, 1 << 20)
              ?? InRange("base.fresh.maxPositions", fresh.MaxPositions, 2, 1 << 20)
              ?? Divides("base.fresh.heads", fresh.Heads, "hiddenSize", fresh.HiddenSize)
              ?? Even("base.fresh.hiddenSize / heads", fresh.HiddenSize / fresh.Heads)
              ?? Divides("base.fresh.keyValueHeads", fresh.KeyValueHeads, "heads", fresh.Heads);
    }

    private static RefluxException? Problem(TrainingSpec spec) =>
        InRange("training.sequencesPerStep", spec.SequencesPerStep, 1, 4096)
        ?? InRange("training.rowTokens", spec.RowTokens, 8, 8192)
        ?? InRange("training.learningRate", spec.LearningRate, 0, 10)
        ?? InRange("training.warmupSteps", spec.WarmupSteps, 0, int.MaxValue)
        ?? OneOf("training.schedule", spec.Schedule, "constant", "cosine")
        ?? InRange("training.scheduleSteps", spec.ScheduleSteps, 1, int.MaxValue)
        ?? InRange("training.minLearningRate", spec.MinLearningRate, 0, spec.LearningRate)
        ?? InRange("training.beta1", spec.Beta1, 0, 0.999_999)
        ?? InRange("training.beta2", spec.Beta2, 0, 0.999_999)
        ?? InRange("training.epsilon", spec.Epsilon, 1e-30, 1)
        ?? InRange("training.weightDecay", spec.WeightDecay, 0, 10)
        ?? InRange("training.gradientClip", spec.GradientClip, 0, 1e6)
        ?? (spec.Objective is null ? null : Divergence.Read(spec.Objective, out _))
        ?? InRange("training.crossEntropyWeight", spec.CrossEntropyWeight, 0, 1)
        ?? InRange("training.microBatchRows", spec.MicroBatchRows ?? 1, 1, 4096)
        ?? OneOf("training.computeDtype", spec.ComputeDtype ?? "F32", "F32", "BF16");

    private static RefluxException? Problem(LoraSpec? spec, BaseModelSpec basis) => spec is null
        ? null
        : (basis.Fresh is null ? null : Invalid("lora", "the base is fresh weights, which an adapter can't make a model", "Give base.directory, or leave lora out."))
          ?? InRange("lora.rank", spec.Rank, 1, 4096)
          ?? InRange("lora.alpha", spec.Alpha, 1e-6, 1e6)
          ?? (spec.TargetModules.Count == 0 ? Invalid("lora.targetModules", "it is empty", "Name at least one linear map, such as q_proj.") : null)
          ?? spec.TargetModules.Select(target => NotEmpty("lora.targetModules", target)).FirstOrDefault(problem => problem is not null);

    private static RefluxException? InRange(string field, double value, double low, double high) => value >= low && value <= high
        ? null
        : Invalid(field, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value} is out of range"), string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Give a value from {low} to {high}."));

    private static RefluxException? NotEmpty(string field, string? value) =>
        string.IsNullOrWhiteSpace(value) ? Invalid(field, "it is empty", "Give a value.") : null;

    private static RefluxException? OneOf(string field, string? value, params ReadOnlySpan<string> allowed) =>
        value is not null && allowed.Contains(value)
            ? null
            : Invalid(field, $"'{Shortened(value)}' is unknown", $"Give one of {string.Join(", ", allowed!)}.");

    private static RefluxException? Divides(string field, int divisor, string of, int value) =>
        value % divisor == 0 ? null : Invalid(field, $"{divisor} does not divide {of}, {value}", $"Choose {field} so that it divides {of}.");

    private static RefluxException? Even(string field, int value) =>
        value % 2 == 0 ? null : Invalid(field, $"{value} is odd", "Rotary position embeddings turn pairs: make it even.");

    internal static RefluxException Invalid(string field, string problem, string remedy) => new(ErrorCodes.InvalidRequest, $"{field}: {problem}", remedy);

    internal static string Shortened(string? text) => text is null ? "" : text.Length <= 80 ? text : text[..80] + "…";

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,63}\z")]
    private static partial Regex NamePattern();
}
