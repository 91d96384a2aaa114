using Orleans;

namespace Reflux.Standins.Orleans.Tests.Calls;

[Alias("tests.callee")]
public interface ICallee : IGrainWithStringKey
{
    [ResponseTimeout("00:00:02")]
    Task NeverIn2Seconds();

    Task Throw(string kind);

    ValueTask<int> Double(int value);

    ValueTask Nothing();

    Task<string> KeyOf();

    Task WaitUntilCancelled(string name, CancellationToken cancellation);

    Task<string> AskOther(string key);
}
