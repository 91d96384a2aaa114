using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;
using Reflux.Contracts.Errors;
using Reflux.Grains.Faults;
using Reflux.Silo.Options;

namespace Reflux.Silo.Http;

/// <summary>Turns whatever an endpoint throws into a problem that says what, where and what to do.</summary>
internal sealed partial class ProblemHandler(HttpSettings settings, ILogger<ProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            // nobody is there to be answered
            return true;
        }

        await Problems.WriteAsync(context, Translate(exception), (exception as IDetailedError)?.Details);
        return true;
    }

    private RefluxException Translate(Exception exception)
    {
        switch (exception)
        {
            case RefluxException error:
                return error;
            case var _ when GrainFault.In(exception) is { } fault:
                return fault.ToRefluxException();
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return RequestBody.TooLarge(settings.MaxBodyBytes);
            case BadHttpRequestException bad:
                return new RefluxException(ErrorCodes.InvalidRequest, $"the request can't be read ({bad.StatusCode})", "Send a well-formed HTTP request.");
            case TimeoutException:
                return new RefluxException(ErrorCodes.Timeout, "a silo did not answer in time; whether it acted is unknown", "Look at the state of what you asked for, then try again.");
            case InconsistentStateException:
                return new RefluxException(ErrorCodes.Timeout, "another silo changed this entity at the same moment", "Try again.");
            case OrleansMessageRejectionException or SiloUnavailableException:
                return new RefluxException(ErrorCodes.Timeout, "the silo that holds this entity is going away or coming back", "Try again.");
            default:
                // the type only: a message may quote what it could not handle
                LogUnexpected(logger, exception.GetType().FullName, Origin(exception));
                return new RefluxException(ErrorCodes.Internal, "something failed that should not", "See the silo's log; the request may be repeated.");
        }
    }

    private static string Origin(Exception exception) => exception.StackTrace is { } trace ? trace.Trim() : "";

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed with {Exception}\n{Trace}")]
    private static partial void LogUnexpected(ILogger logger, string? exception, string trace);
}
