namespace Yinxin.ServiceDefaults.Idempotency;

/// <summary>Marks an endpoint that answers each request once under its key (<see cref="IdempotencyFilter"/>), for whatever may only be put on such a one.</summary>
public sealed class IdempotentEndpoint
{
    private IdempotentEndpoint()
    {
    }

    public static IdempotentEndpoint Mark { get; } = new();
}
