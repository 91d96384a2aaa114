using Microsoft.Extensions.Logging;
using Orleans;
using Reflux.Grains.Faults;
using Reflux.Grains.Teachers;
using Reflux.Silo.Options;

namespace Reflux.Silo.Teaching;

/// <summary>Tells the teachers' grains how labelling goes on this silo. A report that does not arrive is followed by the next.</summary>
internal sealed partial class TeacherReporter(IGrainFactory grains, SiloSettings silo, TimeProvider time, ILogger<TeacherReporter> logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Reports until cancelled.</summary>
    public async Task RunAsync(Func<IEnumerable<LaneTeaching>> lanes, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            foreach (var lane in lanes())
            {
                if (lane.State is { } state)
                {
                    await ReportAsync(state.Teacher, new TeacherReport { Silo = silo.EffectiveName, State = state.State, Message = state.Message, Answered = lane.Answered });
                }
            }
        }
    }

    private async Task ReportAsync(string teacher, TeacherReport report)
    {
        try
        {
            await grains.GetGrain<ITeacherGrain>(teacher).Report(report);
        }
        catch (Exception away) when (away is GrainFault or TimeoutException or Orleans.Runtime.OrleansException)
        {
            LogUnreported(logger, teacher, away.Message);
        }
    }

    [LoggerMessage(LogLevel.Debug, "teacher {Teacher}: its grain did not take a report: {Reason}")]
    private static partial void LogUnreported(ILogger logger, string teacher, string reason);
}
