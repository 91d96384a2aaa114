using Microsoft.AspNetCore.Http;

namespace Reflux.Silo.Tests.Support;

/// <summary>Tells when a server has begun to work on a request.</summary>
internal sealed class RequestBeginning(string path) : IObserver<KeyValuePair<string, object?>>
{
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Seen => _seen.Task;

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key.EndsWith("HttpRequestIn.Start", StringComparison.Ordinal) && value.Value is HttpContext context && context.Request.Path == path)
        {
            _seen.TrySetResult();
        }
    }

    public void OnError(Exception error) => _seen.TrySetException(error);

    public void OnCompleted() => _seen.TrySetCanceled();
}
