/** The courier's screen on which a wrong pin is put right; loaded with it. */
export const pin = {
  'pin.title': 'Cửa nhà: {name}',
  'pin.standing': 'Tôi đang đứng ở cửa',
  'pin.looking': 'Đang tìm vị trí…',
  'pin.refused': 'Trình duyệt chưa cho phép vị trí. Cho phép trong cài đặt, hoặc dời ghim trên bản đồ.',
  'pin.here': 'Máy biết chỗ này, lệch ±{accuracy}',
  'pin.inexact': 'Vị trí lệch ±{accuracy}, cần trong ±{limit}. Ra chỗ thoáng, đợi vài giây; hoặc dời ghim trên bản đồ.',
  'pin.old': 'Vị trí đã cũ. Đợi vài giây để máy tìm lại.',
  'pin.away': 'cách ghim cũ {distance}',
  'pin.set_here': 'Đặt ghim ở chỗ tôi đứng',
  'pin.map': 'Hoặc dời ghim trên bản đồ',
  'pin.map_how': 'Chạm vào bản đồ hoặc kéo ghim vàng đến cửa nhà.',
  'pin.set_there': 'Đặt ghim ở chỗ này',
  'pin.unmoved': 'Dời ghim trước đã.',
  'pin.marker': 'Ghim cửa nhà',
  'pin.saved': 'Đã ghi ghim trên máy: {name}',
  'pin.failed': 'Không ghi được vào máy ({error}). Thử lại.',
} as const;
