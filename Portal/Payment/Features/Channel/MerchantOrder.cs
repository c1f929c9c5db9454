using System.Globalization;
using Yinxin.Payment.Data;

namespace Yinxin.Payment.Features.Channel;

/// <summary>Our number of an order at the channel: the bill and the attempt, <c>B202611240123456789-2</c>.</summary>
internal static class MerchantOrder
{
    public static string Of(BillRecord bill) => string.Create(CultureInfo.InvariantCulture, $"{bill.BillNumber}-{bill.Attempt}");

    /// <summary>The bill that an order is for.</summary>
    public static string BillNumber(string merchantOrder) => merchantOrder.LastIndexOf('-') is > 0 and var end ? merchantOrder[..end] : merchantOrder;
}
