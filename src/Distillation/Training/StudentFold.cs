using Reflux.Distillation.Compute;

namespace Reflux.Distillation.Training;

/// <summary>A student as a fold over its log: what it has read and what it has learned from it. Trainer and replay both are this.</summary>
/// <param name="baseModel">Names what it began as.</param>
/// <param name="intake">What it has read.</param>
/// <param name="learner">Its weights and optimizer.</param>
/// <param name="sequencesPerStep">Sequences of one optimizer step.</param>
internal sealed class StudentFold(string baseModel, SequenceIntake intake, ILearner learner, int sequencesPerStep)
{
    public string BaseModel => baseModel;

    public SequenceIntake Intake => intake;

    public ILearner Learner => learner;

    public bool HasFullStep => intake.Waiting >= sequencesPerStep;

    /// <summary>One optimizer step on the next sequences in log order; one that is not finite is undone and its sequences are set aside. On the compute thread.</summary>
    public StepOutcome Step()
    {
        try
        {
            var result = learner.Train(intake.Peek(sequencesPerStep));
            intake.Trained(sequencesPerStep);
            return new StepOutcome(result, null, []);
        }
        catch (NonFiniteStepException undone)
        {
            return new StepOutcome(null, undone, intake.Undone(sequencesPerStep));
        }
    }

    /// <summary>Frees the weights' memory.</summary>
    public Task DisposeAsync(ICompute compute) => compute.RunAsync(ComputeQueue.Trainer, learner.Dispose, CancellationToken.None);
}
