// Adds the phone's own place to the form, when its owner asks for it. Without script the form works by words.
const form = document.querySelector('.door form');
const share = form.querySelector('.share');
const button = share.querySelector('button');
const said = share.querySelector('.said');

const field = (name, value) => {
  form.elements[name].value = value;
};

const found = ({ coords }) => {
  field('lon', coords.longitude.toFixed(6));
  field('lat', coords.latitude.toFixed(6));
  field('accuracy', String(Math.ceil(coords.accuracy)));
  said.textContent = share.dataset.shared.replace('{m}', String(Math.ceil(coords.accuracy)));
  button.textContent = share.dataset.again;
};

const missed = () => {
  for (const name of ['lon', 'lat', 'accuracy']) field(name, '');
  said.textContent = share.dataset.refused;
};

if ('geolocation' in navigator) {
  share.hidden = false;
  button.addEventListener('click', () => {
    said.textContent = share.dataset.sharing;
    navigator.geolocation.getCurrentPosition(found, missed, { enableHighAccuracy: true, timeout: 30_000, maximumAge: 0 });
  });
}
