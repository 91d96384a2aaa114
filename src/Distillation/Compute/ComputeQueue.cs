namespace Reflux.Distillation.Compute;

/// <summary>Who asks the device for work. Each has a queue of its own; the device visits them in turn.</summary>
public enum ComputeQueue
{
    /// <summary>Answering and labelling prompts.</summary>
    Teacher,

    /// <summary>Optimizer steps and copies of the weights.</summary>
    Trainer,

    /// <summary>Gates and evaluations.</summary>
    Evaluator,
}
