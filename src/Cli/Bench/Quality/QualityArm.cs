using Reflux.Distillation.Records;
using Reflux.Distillation.Training;

namespace Reflux.Cli.Bench.Quality;

/// <summary>One way of labelling, with the student that learns from it.</summary>
/// <param name="name">What it is called in reports.</param>
/// <param name="learner">The student; this object's from now on.</param>
/// <param name="label">The step's sequences with this arm's labels.</param>
internal sealed class QualityArm(string name, StudentLearner learner, Func<LabelledStep, IReadOnlyList<LabelledSequence>> label) : IDisposable
{
    public string Name => name;

    public StudentLearner Learner => learner;

    public void Train(LabelledStep step) => learner.Train(label(step));

    public void Dispose() => learner.Dispose();
}
