namespace Yinxin.Fuzzing.Mutation;

/// <summary>How a length is written; only the first is DER (X.690 §10.1).</summary>
internal enum LengthForm
{
    /// <summary>DER.</summary>
    Shortest,

    /// <summary>Four octets with leading zeros.</summary>
    Padded,

    /// <summary>BER's open end.</summary>
    Indefinite,

    /// <summary>Two thousand megabytes.</summary>
    TooLarge,

    /// <summary>Eight octets, all ones.</summary>
    TooLong,

    /// <summary>The last octet stands outside.</summary>
    OneLess,

    /// <summary>The next value's first octet stands inside.</summary>
    OneMore,
}
