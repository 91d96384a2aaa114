using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Reflux.Contracts.Errors;

namespace Reflux.Contracts.Faults;

/// <summary>
/// Which fault points fail, and when: <c>REFLUX_FAULTS="checkpoint.publish=kill,labels.send:10=unavailable,checkpoint.write:3-8=enospc"</c>, where 10 is the tenth time that the
/// process comes there and nothing the first; <c>checkpoint.fsync@FILE=enospc</c> fails as long as there is such a file. Part of builds with fault points alone.
/// </summary>
public sealed partial class FaultPlan
{
    private const int DiskFull = 28; // ENOSPC on Linux
    private static readonly Lazy<FaultPlan> FromEnvironment = new(() => Parse(Environment.GetEnvironmentVariable(FaultPoint.Variable) ?? ""));

    private readonly Lock _gate = new();
    private readonly ILookup<string, Planned> _planned;
    private readonly Dictionary<string, long> _reached = new(StringComparer.Ordinal);

    private FaultPlan(IEnumerable<Planned> planned) => _planned = planned.ToLookup(fault => fault.Name, StringComparer.Ordinal);

    private sealed record Planned(string Name, long First, long Last, string? File, FaultAction Action)
    {
        public bool IsDue(long times) => File is null ? First <= times && times <= Last : System.IO.File.Exists(File);
    }

    /// <summary>This process' plan.</summary>
    /// <exception cref="RefluxException"><c>option-out-of-range</c>: the variable is no plan.</exception>
    public static FaultPlan Current => FromEnvironment.Value;

    /// <summary>Reads a plan; an empty one plans nothing.</summary>
    /// <exception cref="RefluxException"><c>option-out-of-range</c>.</exception>
    public static FaultPlan Parse(string text) => new(text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseOne));

    /// <summary>Counts that the process has come to a point, and says what is to happen now.</summary>
    public FaultAction? Next(string name)
    {
        lock (_gate)
        {
            var times = _reached[name] = _reached.GetValueOrDefault(name) + 1;
            return _planned[name].FirstOrDefault(fault => fault.IsDue(times))?.Action;
        }
    }

    /// <summary>Counts that the process has come to a point, and does what is to happen now.</summary>
    /// <exception cref="IOException">The disk is full, by plan.</exception>
    /// <exception cref="RefluxException"><c>broker-unavailable</c>, by plan.</exception>
    public void Reach(string name)
    {
        switch (Next(name))
        {
            case FaultAction.Kill:
                using (var self = Process.GetCurrentProcess())
                {
                    self.Kill();
                }

                // the signal may take a moment to arrive, and nothing must happen meanwhile
                Thread.Sleep(Timeout.Infinite);
                break;
            case FaultAction.Enospc:
                throw new IOException($"No space left on device : fault point '{name}'", DiskFull);
            case FaultAction.Unavailable:
                throw new RefluxException(ErrorCodes.BrokerUnavailable, $"The broker is away, by fault point '{name}'.", $"Take the point out of {FaultPoint.Variable}.");
            case FaultAction.Pause:
                Thread.Sleep(TimeSpan.FromSeconds(1));
                break;
        }
    }

    private static Planned ParseOne(string text)
    {
        var parts = Form().Match(text);
        if (!parts.Success || !Enum.TryParse<FaultAction>(parts.Groups["action"].Value, ignoreCase: true, out var action))
        {
            throw new RefluxException(
                ErrorCodes.OptionOutOfRange,
                $"{FaultPoint.Variable}: '{text}' is not NAME=ACTION, NAME:N=ACTION, NAME:N-M=ACTION or NAME@FILE=ACTION",
                $"Name an action of {string.Join(", ", Enum.GetNames<FaultAction>()).ToLowerInvariant()}.");
        }

        var first = Number(parts.Groups["first"], 1);
        return new Planned(parts.Groups["name"].Value, first, Number(parts.Groups["last"], first), parts.Groups["file"] is { Success: true, Value: var file } ? file : null, action);
    }

    private static long Number(Group digits, long otherwise) => digits.Success ? long.Parse(digits.Value, CultureInfo.InvariantCulture) : otherwise;

    [GeneratedRegex("^(?<name>[a-z][a-z.-]*[a-z])(:(?<first>[0-9]{1,9})(-(?<last>[0-9]{1,9}))?|@(?<file>[^=]+))?=(?<action>[a-z]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
