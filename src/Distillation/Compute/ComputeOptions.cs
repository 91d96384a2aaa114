using Reflux.Contracts.Errors;

namespace Reflux.Distillation.Compute;

/// <summary>Which device computes, and with how many threads.</summary>
public sealed class ComputeOptions
{
    /// <summary>"cpu", "cuda" or "cuda:n".</summary>
    public string Device { get; set; } = "cpu";

    /// <summary>CPU threads within one operation, 1 to 1024. Another number gives other bits, so a restart must keep it.</summary>
    public int Threads { get; set; } = Environment.ProcessorCount;

    /// <summary>Checks both.</summary>
    /// <exception cref="RefluxException">One is out of range (option-out-of-range).</exception>
    public void Validate()
    {
        if (Threads is < 1 or > 1024)
        {
            throw new RefluxException(ErrorCodes.OptionOutOfRange, $"Compute:Threads is {Threads}.", "Set it to 1 to 1024.");
        }

        var cuda = Device.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(Device.AsSpan(5), out var index) && index >= 0;
        if (Device is not ("cpu" or "cuda") && !cuda)
        {
            throw new RefluxException(ErrorCodes.OptionOutOfRange, $"Compute:Device is '{Device}'.", "Set it to cpu, cuda or cuda:n.");
        }
    }
}
