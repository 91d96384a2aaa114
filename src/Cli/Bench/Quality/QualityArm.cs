using Reflux.Distillation.Training;

namespace Reflux.Cli.Bench.Quality;

/// <summary>One way of labelling, with the student that learns from it.</summary>
/// <param name="name">What it is called in reports.</param>
/// <param name="learner">The student; this object's from now on.</param>
/// <param name="train">One optimizer step on this arm's labels of a step.</param>
internal sealed class QualityArm(string name, StudentLearner learner, Action<StudentLearner, LabelledStep> train) : IDisposable
{
    public string Name => name;

    public StudentLearner Learner => learner;

    public void Train(LabelledStep step) => train(learner, step);

    public void Dispose() => learner.Dispose();
}
