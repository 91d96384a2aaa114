using Orleans;
using Orleans.Concurrency;

namespace Reflux.Standins.Orleans.Tests.Activations;

[Alias("tests.resident")]
internal interface IResident : IGrainWithGuidKey
{
    Task<int> Count();

    Task Leave(string gate);

    Task Stay(TimeSpan time);

    Task StartTimer(TimeSpan due, TimeSpan period, bool interleave, bool keepAlive);

    Task ChangeTimer(TimeSpan due, TimeSpan period);

    Task StopTimer();

    Task Hold(string gate);

    [AlwaysInterleave]
    Task Ping();
}
